import type { ReportEvidence } from './evidence';
import { textOf } from '../rules/texts/texts';
import { html, nothing, type Markup } from './html-template';
import { style } from './html-style';
import { shownAs, tally, type Report, type ReportFinding, type TallyName } from './report';
import { headline, isOpen, label, place, TALLY_WORDS, timeText } from './words';

const TALLY_ORDER: readonly TallyName[] = [
  'critical',
  'high',
  'warning',
  'review',
  'info',
  'pass',
  'not_evaluated',
  'error',
  'not_applicable',
];

/**
 * Reports as one HTML document that prints: no scripts, nothing loaded from elsewhere (its policy forbids both),
 * every value of the collection escaped.
 */
export function htmlReport(reports: readonly Report[]): string {
  const hosts = reports.map(({ collection }) => collection.host).join(', ');
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <meta name="referrer" content="no-referrer" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Advisory report: ${hosts}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <main>${reports.map(reportSection)}</main>
      </body>
    </html> `;
  return page.text;
}

function reportSection(report: Report): Markup {
  const { collection, about, findings } = report;
  const by = (outcome: string) => findings.filter((finding) => finding.outcome === outcome);
  const open = findings.filter((finding) => isOpen(finding) || finding.outcome === 'info');
  return html`<section>
    <h1>${collection.host}: advisory report</h1>
    <p class="facts">
      ${[...about.subject, `collected ${timeText(collection.takenAt)}`, collection.complete ? 'complete' : 'incomplete'].join(' · ')}
    </p>
    <p class="lede">${headline(report)}</p>
    ${about.caution === null ? nothing : html`<p class="caution">${about.caution}</p>`} ${tallyList(findings)}
    ${open.length === 0 ? nothing : html`<h2>Open</h2>`} ${open.map(entry)}
    ${table(
      'Not evaluated',
      ['Test', 'Why', 'What helps'],
      by('not_evaluated').map((finding) => [
        testName(finding),
        html`${finding.reason ?? ''}`,
        html`${finding.remedy ?? ''}`,
      ]),
    )}
    ${table(
      'Passed',
      ['Test', 'Found'],
      by('pass').map((finding) => [testName(finding), html`${finding.summary}`]),
    )}
    ${table(
      'Not applicable',
      ['Test', 'Why'],
      by('not_applicable').map((finding) => [testName(finding), html`${finding.reason ?? ''}`]),
    )}
    <footer>
      Collection <span class="mono">${collection.id}</span>, ${about.items} items, made by ${about.collector}. Reference
      data:
      ${about.reference.join(', ')}.${
        about.unknownFiles.length === 0
          ? nothing
          : html` Files that this version does not know: ${about.unknownFiles.join(', ')}.`
      }
    </footer>
  </section> `;
}

function tallyList(findings: readonly ReportFinding[]): Markup {
  const counts = tally(findings);
  const shown = TALLY_ORDER.filter((name) => name !== 'error' || counts.error > 0);
  return html`<ul class="tally" aria-label="Results of ${findings.length} tests">
    ${shown.map((name) => html`<li><b>${counts[name]}</b><span class="s13">${TALLY_WORDS[name]}</span></li>`)}
  </ul>`;
}

function entry(finding: ReportFinding, index: number): Markup {
  const text = textOf(finding.rule);
  const remedy = finding.outcome === 'error' ? [] : text.remedy;
  return html`<article class="entry">
    <span class="no">${index + 1}</span>
    <div>
      <h3><span class="sev ${shownAs(finding)}">${label(finding)}</span>${finding.title}</h3>
      <p><b>${finding.summary}</b></p>
      <p>${text.why}</p>
      ${finding.evidence.slice(0, 5).map(evidenceFigure)}
      ${
        remedy.length === 0
          ? nothing
          : html`<ol class="do">
              ${remedy.map((step) => html`<li>${step}</li>`)}
            </ol>`
      }
      <p class="mt">
        <span class="dim">Rule</span> <span class="mono">${finding.rule}</span>, version ${finding.version},
        ${finding.kind === 'automated' ? 'automated' : 'a person must judge'}${limits(finding)}.
        <span class="dim">Source</span> ${text.sources.map(
          ({ title, url }, position) =>
            html`${position === 0 ? '' : '; '}${url === undefined ? title : html`<a href="${url}">${title}</a>`}`,
        )}
      </p>
    </div>
  </article> `;
}

function limits({ thresholds }: ReportFinding): Markup {
  const entries = Object.entries(thresholds);
  if (entries.length === 0) return nothing;
  return html`; limits ${entries.map(([name, value]) => `${name} ${value.toLocaleString('en-US')}`).join(', ')}`;
}

function evidenceFigure(evidence: ReportEvidence): Markup {
  return html`<figure class="evd">
    <figcaption class="mono">${place(evidence)}</figcaption>
    <pre>${marked(evidence)}</pre>
  </figure>`;
}

function marked({ text, mark }: ReportEvidence): Markup {
  const at = mark === null ? -1 : text.indexOf(mark);
  if (mark === null || at < 0) return html`${text}`;
  return html`${text.slice(0, at)}<mark>${mark}</mark>${text.slice(at + mark.length)}`;
}

const testName = (finding: ReportFinding): Markup =>
  html`${finding.title} <span class="mono dim">${finding.rule}</span>`;

function table(title: string, heads: readonly string[], rows: readonly (readonly Markup[])[]): Markup {
  if (rows.length === 0) return nothing;
  return html`<h2>${title}: ${rows.length}</h2>
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table> `;
}

// Journeys through the built portal in real Chromium. Run: npm run test:journeys [-- WORD] [-- --shots DIR]
import { mkdirSync } from 'node:fs';
import { lockedOut, twoCompanies } from './access';
import { RealBrowser } from './browser';
import { drafts, keyboard, reading, twoTabs, users } from './everyday';
import type { Journey } from './journey';
import { outcome } from './outcome';
import { everyPage } from './pages';
import { PortalProcess } from '../portal-process';
import { harmlessMarkdown, killed } from './reliability';

const at = process.argv.indexOf('--shots');
const shots = at > 0 ? process.argv[at + 1] : undefined;
const word = process.argv[2]?.startsWith('--') === false ? process.argv[2] : '';
const JOURNEYS: readonly Journey[] = [
  ...[outcome, lockedOut, twoCompanies, drafts, keyboard, twoTabs, reading, users],
  ...[harmlessMarkdown, everyPage(shots), killed],
];

async function main(): Promise<void> {
  const portal = await PortalProcess.start();
  const browser = await RealBrowser.launch(portal.url);
  let passed = 0;
  const failures: string[] = [];
  for (const journey of JOURNEYS.filter(({ name }) => name.includes(word))) {
    const began = Date.now();
    try {
      await journey.run({ browser, portal, url: portal.url });
      passed++;
      console.log(`ok    ${journey.name} (${((Date.now() - began) / 1_000).toFixed(1)} s)`);
    } catch (error) {
      failures.push(journey.name);
      console.log(`FAIL  ${journey.name}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      mkdirSync('test-results', { recursive: true });
      await browser.picture('test-results');
    }
  }
  const complaints = [...new Set(browser.complaints)];
  if (complaints.length > 0) {
    failures.push('complaints');
    console.log(`FAIL  pages complained:\n${complaints.slice(0, 20).join('\n')}`);
  } else {
    passed++;
    console.log('ok    no page wrote an error, and no request left the portal');
  }
  await browser.close();
  await portal.dispose();
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exit(failures.length === 0 ? 0 : 1);
}

void main();

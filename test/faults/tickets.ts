import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Browser } from '../../apps/api/src/testing/browser';

const API = resolve(__dirname, '../../dist/api/apps/api/src');
/** The command line as it was built. */
export const CLI = resolve(API, '../../cli/src/main.js');
/** Of every ticket that a fault run sends; its subject gets a key of its own. */
const TICKET = {
  service: 'production-24x7',
  type: 'issue',
  severity: 'S3',
  products: [{ id: 'postgresql' }],
  subject: 'Written while the power goes',
  description: 'One of many.',
};

const TUS = { 'tus-resumable': '1.0.0', 'x-casebook': '1' };

/** A ticket on its way. */
export interface Sent {
  readonly key: string;
  readonly body: string;
  /** Absent when no answer came. */
  number?: string;
}

/** A ticket that nobody sent before. */
export function newTicket(): Sent {
  const key = randomUUID();
  return { key, body: JSON.stringify({ ...TICKET, subject: `${TICKET.subject} ${key}` }) };
}

/** Sends a ticket; answers its number, or nothing when it was refused. */
export async function open(ada: Browser, { key, body }: Sent): Promise<string | undefined> {
  const answer = await ada.send<{ number: string }>('POST', '/api/tickets', body, { 'idempotency-key': key });
  return answer.status === 201 ? answer.body.number : undefined;
}

/** Whoever got no answer sends again with the same key; whoever got one gets the same again. */
export async function resend(ada: Browser, sent: readonly Sent[]): Promise<void> {
  for (const one of sent) {
    const number = await open(ada, one);
    if (number === undefined || (one.number !== undefined && one.number !== number)) {
      throw new Error(`${one.key}: first ${one.number ?? 'no answer'}, then ${number ?? 'refused'}`);
    }
  }
}

/** The subjects of all tickets that this person sees. */
export async function everySubject(ada: Browser): Promise<string[]> {
  const subjects: string[] = [];
  let cursor = '';
  do {
    const page = await ada.get<{ items: { subject: string }[]; nextCursor?: string }>(
      `/api/tickets?limit=200${cursor}`,
    );
    subjects.push(...page.body.items.map(({ subject }) => subject));
    cursor = page.body.nextCursor === undefined ? '' : `&cursor=${encodeURIComponent(page.body.nextCursor)}`;
  } while (cursor !== '');
  return subjects;
}

/** The subject in a ticket's body. */
export function subjectOf(body: string): string {
  return (JSON.parse(body) as { subject: string }).subject;
}

/** What every read model holds, as one text; `env` names the servers where there are any. */
export function documents(directory: string, env: NodeJS.ProcessEnv = process.env): string {
  // The order of fields says nothing: it depends on where batches ended.
  const script = `
    const inOrder = (text) => JSON.stringify(JSON.parse(text, (_key, value) =>
      value && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value));
    const { openPlatform, PROJECTIONS } = require(${JSON.stringify(join(API, 'platform.js'))});
    const { readConfig } = require(${JSON.stringify(join(API, 'config.js'))});
    (async () => {
      const platform = await openPlatform({ ...readConfig({ ...process.env, DATA_DIR: process.argv[1] }), readonly: true });
      for (const { definition } of PROJECTIONS) {
        const model = await platform.readModels.reader(definition);
        let after;
        do {
          const page = await model.findRaw({ kind: 'staff' }, { limit: 1000, ...(after && { after }) });
          for (const item of page.items) console.log(definition.name + ' ' + inOrder(item));
          after = page.nextCursor;
        } while (after);
      }
      await platform.close();
    })();`;
  return execFileSync(process.execPath, ['-e', script, directory], {
    env,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
}

/** Runs a command of Casebook, with these settings beside those of the environment. */
export function cli(env: NodeJS.ProcessEnv, ...args: readonly string[]) {
  return spawnSync(process.execPath, [CLI, ...args], { env: { ...process.env, ...env }, encoding: 'utf8' });
}

/** Uploads a file and attaches it to a ticket; answers the address of its download. */
export async function attach(browser: Browser, number: string, name: string, bytes: Buffer): Promise<string> {
  const created = await browser.fetch('/api/uploads', {
    method: 'POST',
    headers: {
      ...TUS,
      'upload-length': String(bytes.length),
      'upload-metadata': `filename ${Buffer.from(name).toString('base64')}`,
    },
  });
  const path = new URL(created.headers.get('location') ?? '', browser.base).pathname;
  const sent = await browser.fetch(path, {
    method: 'PATCH',
    headers: { ...TUS, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: new Uint8Array(bytes),
  });
  if (sent.status !== 204) throw new Error(`The upload was refused with ${sent.status}: ${await sent.text()}`);
  const uploadId = path.split('/').at(-1);
  const attached = await browser.post<{ attachmentId: string }>(`/api/tickets/${number}/attachments`, { uploadId });
  return `/api/tickets/${number}/attachments/${attached.body.attachmentId}`;
}

// Sends commands again: at once, side by side, after other events, after the process was killed. One effect, one answer.
// Run: node tools/run-ts.js test/faults/repeats.ts. Needs a build.
import { randomUUID } from 'node:crypto';
import { Browser, type Answer } from '../../apps/api/src/testing/browser';
import { PortalProcess } from '../portal-process';
import { Tally } from './tally';

const TICKET = {
  service: 'production-24x7',
  type: 'issue',
  severity: 'S3',
  products: [{ id: 'postgresql' }],
  subject: 'Sent more than once',
  description: 'One of a kind.',
};

interface Command {
  readonly path: string;
  readonly body: object;
  readonly key: string;
}

async function main(): Promise<void> {
  const tally = new Tally();
  const portal = await PortalProcess.start();
  try {
    const ada = new Browser(portal.url);
    await ada.signIn('ada@acme.example');
    const send = ({ path, body, key }: Command) => ada.post<{ number: string }>(path, body, { 'idempotency-key': key });

    const opening: Command = { path: '/api/tickets', body: TICKET, key: randomUUID() };
    const opened = await Promise.all(Array.from({ length: 10 }, () => send(opening)));
    const first = opened[0] as Answer<{ number: string }>;
    const { number } = first.body;
    tally.expect(opened.every(same(first)), '10 equal commands side by side: one ticket, one answer');
    const other = await send({ ...opening, body: { ...TICKET, subject: 'Another' } });
    tally.expect(other.status === 422, `the same key with another body is refused: ${other.status}`);

    const replying: Command = {
      path: `/api/tickets/${number}/replies`,
      body: { body: 'Said once.' },
      key: randomUUID(),
    };
    const reply = await send(replying);
    let later = 0;
    for (const events of [0, 1, 50]) {
      for (; later < events; later++) await ada.post(`/api/tickets/${number}/replies`, { body: `Later ${later}` });
      tally.expect(same(reply)(await send(replying)), `a reply sent again after ${events} later events`);
      tally.expect(same(first)(await send(opening)), `a ticket opened again after ${events} later events`);
    }
    await portal.end('SIGKILL');
    await portal.start();
    tally.expect(same(reply)(await send(replying)), 'a reply sent again after a kill');
    tally.expect(same(first)(await send(opening)), 'a ticket opened again after a kill');

    const said = (await entries(ada, number)).filter((text) => text === 'Said once.').length;
    tally.expect(said === 1, `the reply stands ${said} times on the timeline`);
    const { body } = await ada.get<{ items: { subject: string }[] }>('/api/tickets?limit=100&sort=-openedAt');
    const tickets = body.items.filter(({ subject }) => subject === TICKET.subject).length;
    tally.expect(tickets === 1, `the ticket is there ${tickets} times`);
  } finally {
    await portal.dispose();
  }
  tally.close();
}

function same(first: Answer): (answer: Answer) => boolean {
  return ({ status, text }) => status === first.status && status === 201 && text === first.text;
}

/** The texts of a ticket's whole timeline. */
async function entries(browser: Browser, number: string): Promise<(string | undefined)[]> {
  const texts: (string | undefined)[] = [];
  for (let cursor: string | undefined; ;) {
    const path = `/api/tickets/${number}/timeline${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`;
    const { body } = await browser.get<{ items: { data: { body?: string } }[]; nextCursor?: string }>(path);
    texts.push(...body.items.map(({ data }) => data.body));
    if (body.nextCursor === undefined) return texts;
    cursor = body.nextCursor;
  }
}

void main();

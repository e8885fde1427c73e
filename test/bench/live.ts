// From a command being sent to its effect on the page of another browser, under 50 commands a second.
// Run: node tools/run-ts.js test/bench/live.ts [seconds]. Needs a build.
import { setTimeout as wait } from 'node:timers/promises';
import { Browser } from '../../apps/api/src/testing/browser';
import { PortalProcess } from '../portal-process';
import { percentile } from './load';

const PER_SECOND = 50;
const seconds = Number(process.argv[2] ?? 15);

interface Change {
  readonly topic: string;
  readonly id: string;
  readonly position: string;
}

async function main(): Promise<void> {
  const portal = await PortalProcess.start();
  try {
    const ada = new Browser(portal.url);
    const erin = new Browser(portal.url);
    await ada.signIn('ada@acme.example');
    await erin.signIn('erin@support.example');
    const numbers = await openTickets(ada);
    const sent = new Map<string, number>();
    const told: number[] = [];
    const seen: number[] = [];
    const fetching: Promise<void>[] = [];
    const stop = new AbortController();
    const listening = follow(erin, stop.signal, ({ topic, id, position }) => {
      const at = sent.get(id);
      if (topic !== 'ticket' || at === undefined) return;
      sent.delete(id);
      told.push(performance.now() - at);
      fetching.push(
        erin.get(`/api/tickets/${id}`, { 'x-read-after': position }).then(({ status }) => {
          if (status === 200) seen.push(performance.now() - at);
        }),
      );
    });
    await wait(500);
    const total = PER_SECOND * seconds;
    const writing: Promise<unknown>[] = [];
    const begun = performance.now();
    for (let n = 0; n < total; n++) {
      await wait(Math.max(0, begun + (n * 1_000) / PER_SECOND - performance.now()));
      const number = numbers[n % numbers.length];
      if (number === undefined) throw new Error('There are no tickets');
      sent.set(number, performance.now());
      writing.push(ada.post(`/api/tickets/${number}/replies`, { body: `Reply ${n}: the standby still waits.` }));
    }
    await Promise.all(writing);
    await wait(1_000);
    await Promise.all(fetching);
    stop.abort();
    await listening;
    console.log(`${total} replies at ${PER_SECOND}/s; ${seen.length} seen, ${sent.size} not`);
    console.log(`told in the other browser  p50 ${ms(told, 0.5)}  p99 ${ms(told, 0.99)}`);
    console.log(`page fetched there as well p50 ${ms(seen, 0.5)}  p99 ${ms(seen, 0.99)} (to reach 150 ms)`);
  } finally {
    await portal.dispose();
  }
}

async function openTickets(ada: Browser): Promise<string[]> {
  const numbers: string[] = [];
  for (let n = 0; n < 100; n++) {
    const { body } = await ada.post<{ number: string }>('/api/tickets', {
      service: 'production-24x7',
      type: 'issue',
      severity: 'S3',
      products: [{ id: 'postgresql', version: '16.13' }],
      subject: `Standby ${n} stopped replaying`,
      description: 'The standby does not come back after the network maintenance.',
    });
    numbers.push(body.number);
  }
  return numbers;
}

async function follow(browser: Browser, signal: AbortSignal, onChange: (change: Change) => void): Promise<void> {
  const answer = await browser.fetch('/api/events', { signal });
  if (!answer.body) throw new Error('There is no event stream');
  let rest = '';
  try {
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data: {"topic"')) onChange(JSON.parse(line.slice(6)) as Change);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function ms(times: readonly number[], share: number): string {
  return `${percentile(times, share).toFixed(1)} ms`;
}

void main();

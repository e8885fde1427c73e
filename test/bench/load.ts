import { Agent, request } from 'node:http';

export interface LoadResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly failures: number;
}

/** Sends requests over `connections` kept-alive connections for some seconds, after a warm-up. Times in milliseconds. */
export async function load(
  connections: number,
  seconds: number,
  next: (n: number) => { method: string; url: string; headers: Record<string, string>; body?: string },
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  await drive(agent, connections, Math.min(2, seconds / 3), next);
  const result = await drive(agent, connections, seconds, next);
  agent.destroy();
  return result;
}

async function drive(
  agent: Agent,
  connections: number,
  seconds: number,
  next: Parameters<typeof load>[2],
): Promise<LoadResult> {
  const times: number[] = [];
  let failures = 0;
  let sent = 0;
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) {
        const started = performance.now();
        const status = await once(agent, next(sent++));
        times.push(performance.now() - started);
        if (status >= 400 || status === 0) failures++;
      }
    }),
  );
  const elapsed = (performance.now() - begun) / 1_000;
  return { perSecond: times.length / elapsed, p50: percentile(times, 0.5), p99: percentile(times, 0.99), failures };
}

/** The value below which `share` (0 to 1) of the times lie. */
export function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function once(agent: Agent, { method, url, headers, body }: ReturnType<Parameters<typeof load>[2]>): Promise<number> {
  return new Promise((resolve) => {
    const sending = request(url, { agent, method, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        resolve(answer.statusCode ?? 0);
      });
    });
    sending.on('error', () => {
      resolve(0);
    });
    sending.end(body);
  });
}

import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { startPortal, type TestPortal } from '../testing/start-portal';
import { createJsonLog, NestJsonLog } from './logging';
import { Metrics } from './metrics';

const TICKET = {
  service: 'production-24x7',
  type: 'issue',
  severity: 'S3',
  products: [{ id: 'postgresql' }],
  subject: 'Counted',
  description: 'Counted.',
};

describe('the metrics', () => {
  let portal: TestPortal;
  let metrics: Metrics;
  beforeAll(async () => {
    portal = await startPortal({ metrics: (sources) => (metrics = new Metrics(sources)) });
  });
  afterAll(async () => {
    metrics.close();
    await portal.close();
  });

  it('count commands with their outcome, requests by route, and how far the views are', async () => {
    const ada = await portal.signIn('ada@acme.example');
    const { number } = (await ada.post<{ number: string }>('/api/tickets', TICKET)).body;
    await ada.post(`/api/tickets/${number}/notes`, { body: 'A customer writes no notes.' });
    await ada.get(`/api/tickets/${number}`);
    const text = await metrics.text();
    expect(text).toContain('casebook_command_seconds_count{aggregate="ticket",command="OpenTicket",outcome="ok"} 1');
    expect(text).toContain(
      'casebook_command_seconds_count{aggregate="ticket",command="AddNote",outcome="forbidden"} 1',
    );
    expect(text).toContain(
      'casebook_http_request_seconds_count{method="GET",route="/api/tickets/:number",status="200"} 1',
    );
    expect(text).toContain('casebook_view_events_behind{view="tickets"} 0');
    expect(text).toContain('casebook_view_parked_streams{view="search"} 0');
    expect(text).toContain('casebook_live_connections 0');
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds \d/);
    expect(text).not.toContain(number);
    expect(text).not.toContain('acme');
  });

  it('are served on a port of their own, under one path', async () => {
    const server = await metrics.listen(0, '127.0.0.1');
    const { port } = server.address() as AddressInfo;
    const status = (path: string) =>
      new Promise((resolve) => {
        get({ port, path }, (answer) => {
          resolve(answer.resume().statusCode);
        });
      });
    expect([await status('/metrics'), await status('/')]).toEqual([200, 404]);
    expect((await portal.signIn('ada@acme.example').then((ada) => ada.get('/metrics'))).text).not.toContain(
      'casebook_',
    );
    server.close();
  });
});

describe('the log as JSON', () => {
  it('writes one object a line, with level, time, instance and context', () => {
    const lines: string[] = [];
    const log = createJsonLog({ logLevel: 'warn', instance: 'east' }, { write: (line) => lines.push(line) });
    const nest = new NestJsonLog(log);
    nest.log('too quiet', 'spec');
    nest.error('broken', 'Error: broken\n  at here', 'spec');
    nest.warn(new Error('odd'), Logger.name);
    const [error, warning, ...rest] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(error).toEqual({
      level: 'error',
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      instance: 'east',
      context: 'spec',
      stack: 'Error: broken\n  at here',
      msg: 'broken',
    });
    expect(warning).toMatchObject({ level: 'warn', context: 'Logger', msg: expect.stringContaining('odd') as string });
    expect(rest).toEqual([]);
  });
});

import type { Browser } from './testing/browser';
import { startPortal, type TestPortal } from './testing/start-portal';
import { NEW_TICKET, upload } from './testing/story';

interface Made {
  readonly number: string;
  readonly attachmentId?: string;
}

describe('a file of a ticket', () => {
  let portal: TestPortal;
  let ada: Browser;
  beforeAll(async () => {
    portal = await startPortal();
    ada = await portal.signIn('ada@acme.example');
  }, 60_000);
  afterAll(() => portal.close());

  const open = async (browser: Browser) => (await browser.post<Made>('/api/tickets', NEW_TICKET)).body.number;
  const attach = (browser: Browser, number: string, uploadId: string) =>
    browser.post<Made>(`/api/tickets/${number}/attachments`, { uploadId });

  it('is not lost by a number that is wrong, another company’s, or a closed ticket’s', async () => {
    const gus = await portal.signIn('gus@globex.example');
    const [own, closed, foreign] = [await open(ada), await open(ada), await open(gus)];
    await ada.post(`/api/tickets/${closed}/withdraw`, { reason: 'Solved' });
    const uploadId = await upload(ada, 'server.log', 'FATAL');
    for (const number of ['CB-999999', foreign]) expect((await attach(ada, number, uploadId)).status).toBe(404);
    expect((await attach(ada, closed, uploadId)).status).toBe(409);
    expect((await attach(ada, own, uploadId)).status).toBe(201);
  });

  it('is answered alike when it is attached again', async () => {
    const number = await open(ada);
    const uploadId = await upload(ada, 'server.log', 'FATAL');
    const first = await attach(ada, number, uploadId);
    const second = await attach(ada, number, uploadId);
    expect([second.status, second.body.attachmentId]).toEqual([201, first.body.attachmentId]);
  });

  it('is answered just as before when the request is sent again, also after the ticket was closed', async () => {
    const number = await open(ada);
    const body = { uploadId: await upload(ada, 'server.log', 'FATAL') };
    const send = () => ada.post<Made>(`/api/tickets/${number}/attachments`, body, { 'idempotency-key': 'once' });
    const first = await send();
    await ada.post(`/api/tickets/${number}/withdraw`, { reason: 'Solved' });
    expect(await send()).toMatchObject({ status: 201, body: first.body });
  });

  it('is not taken by asking for its headers', async () => {
    const number = await open(ada);
    const { attachmentId = '' } = (await attach(ada, number, await upload(ada, 'server.log', 'FATAL'))).body;
    await ada.get(`/api/tickets/${number}`);
    const path = `/api/tickets/${number}/attachments/${attachmentId}`;
    const head = await ada.fetch(path, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '5']);
    expect(await (await ada.fetch(path)).text()).toBe('FATAL');
    const listed = async () =>
      (await ada.get<{ items: object[] }>(`/api/tickets/${number}/downloads`)).body.items.length;
    for (let tries = 0; tries < 40 && (await listed()) === 0; tries++) await new Promise((r) => setTimeout(r, 25));
    expect(await listed()).toBe(1);
  });
});

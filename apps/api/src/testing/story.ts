import type { Browser } from './browser';
import type { TestPortal } from './start-portal';

/** Words that stand in one company's ticket and nowhere else. */
export const MARK = 'zirkonium';

/** Ids of a ticket with one of everything, and its people. */
export interface Told {
  readonly number: string;
  readonly ids: Readonly<Record<string, string>>;
  readonly customer: Browser;
  readonly engineer: Browser;
}

interface Made {
  readonly id: string;
  readonly number: string;
  readonly reportId: string;
  readonly workaroundId: string;
  readonly attachmentId: string;
}

export const NEW_TICKET = {
  service: 'production-24x7',
  type: 'issue',
  severity: 'S2',
  products: [{ id: 'postgresql', version: '16.13' }],
  subject: `Standby ${MARK} stopped`,
  description: `The ${MARK} standby does not come back.`,
};

/** A ticket of Acme with a reply, a report with a need, a proposed workaround and a file. */
export async function tellTicket(portal: TestPortal): Promise<Told> {
  const customer = await portal.signIn('ada@acme.example');
  const engineer = await portal.signIn('erin@support.example');
  const { number, id } = (await customer.post<Made>('/api/tickets', NEW_TICKET)).body;
  const at = `/api/tickets/${number}`;
  engineer.readAfter = customer.readAfter;
  await engineer.put(`${at}/assignee`, { me: true });
  await engineer.post(`${at}/replies`, { body: `We look at ${MARK}.` });
  const needs = [{ text: `The log of ${MARK}`, from: 'customer' }];
  const report = await engineer.post<Made>(`${at}/can-reports`, {
    audience: 'customer',
    conditions: `${MARK} is behind.`,
    actions: [],
    needs,
  });
  const workaround = await engineer.post<Made>(`${at}/workarounds`, { body: `Restart ${MARK}.` });
  const uploadId = await upload(customer, `${MARK}.log`, `FATAL: ${MARK}`);
  const file = await customer.post<Made>(`${at}/attachments`, { uploadId });
  const uma = await customer.get<{ items: { id: string; email: string }[] }>('/api/users');
  const member = uma.body.items.find(({ email }) => email === 'uma@acme.example');
  return {
    number,
    ids: {
      number,
      ticketId: id,
      id: workaround.body.workaroundId,
      n: '1',
      reportId: report.body.reportId,
      attachmentId: file.body.attachmentId,
      userId: member?.id ?? '',
    },
    customer,
    engineer,
  };
}

/** Sends a whole file by tus and answers the upload's id. */
export async function upload(browser: Browser, name: string, content: string): Promise<string> {
  const metadata = `filename ${Buffer.from(name).toString('base64')}`;
  const headers = { 'tus-resumable': '1.0.0', 'x-casebook': '1', origin: browser.base };
  const created = await browser.fetch('/api/uploads', {
    method: 'POST',
    headers: { ...headers, 'upload-length': String(Buffer.byteLength(content)), 'upload-metadata': metadata },
  });
  const location = created.headers.get('location') ?? '';
  await browser.fetch(location, {
    method: 'PATCH',
    headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: content,
  });
  return location.split('/').at(-1) ?? '';
}

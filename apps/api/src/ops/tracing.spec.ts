import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { startPortal } from '../testing/start-portal';
import { Tracing } from './tracing';

const TICKET = {
  service: 'production-24x7',
  type: 'issue',
  severity: 'S3',
  products: [{ id: 'postgresql' }],
  subject: 'A secret subject',
  description: 'Traced.',
};
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

/** Keeps what was sent over the end of the provider. */
class Kept extends InMemorySpanExporter {
  override shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

describe('tracing', () => {
  it('sends requests with their commands, within the trace of whoever called, and nothing of their content', async () => {
    const kept = new Kept();
    const tracing = new Tracing(kept, 'east');
    const portal = await startPortal({ watchers: [tracing] });
    const ada = await portal.signIn('ada@acme.example');
    const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
    const { status } = await ada.send('POST', '/api/tickets', TICKET, { traceparent });
    expect(status).toBe(201);
    await portal.close();
    await tracing.close();

    const spans = kept.getFinishedSpans();
    const request = spans.find(({ name }) => name === 'POST /api/tickets');
    const command = spans.find(({ name }) => name === 'ticket OpenTicket');
    expect(request?.spanContext().traceId).toBe(TRACE);
    expect(request?.parentSpanContext?.spanId).toBe('00f067aa0ba902b7');
    expect(command?.spanContext().traceId).toBe(TRACE);
    expect(command?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    expect(request?.attributes).toMatchObject({ 'http.route': '/api/tickets', 'http.response.status_code': 201 });
    expect(command?.attributes).toEqual({ 'casebook.outcome': 'ok' });
    const told = spans.map(({ name, attributes, events }) => ({ name, attributes, events }));
    expect(JSON.stringify(told)).not.toMatch(/secret|ada@acme|CB-\d/);
  });
});

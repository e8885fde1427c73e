import { commandChannel, conflictChannel, type CommandObservation } from '@casebook/commands';
import { retryChannel } from '@casebook/event-store';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Traces of requests and the commands in them, sent by OTLP over HTTP. Loaded only where a receiver is named. Spans
 * carry routes and command names, never contents, people or numbers of tickets.
 */
export class Tracing {
  readonly #provider: TracerProvider;
  readonly #spans = new WeakMap<FastifyRequest, Span>();
  readonly #propagator = new W3CTraceContextPropagator();
  readonly #observe = (message: unknown) => {
    this.#command(message as CommandObservation);
  };
  readonly #conflict = () => {
    trace.getActiveSpan()?.addEvent('conflict: decided again');
  };
  readonly #retry = () => {
    trace.getActiveSpan()?.addEvent('append sent again: its outcome was unknown');
  };

  /** Sends to `endpoint`, as in `OTEL_EXPORTER_OTLP_ENDPOINT`: `http(s)://host:4318`. */
  static to(endpoint: string, instance: string): Tracing {
    return new Tracing(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }), instance);
  }

  constructor(exporter: SpanExporter, instance: string) {
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'casebook', 'service.instance.id': instance }),
      spanProcessors: [new BatchSpanProcessor({ exporter })],
    });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(this.#propagator);
    commandChannel.subscribe(this.#observe);
    conflictChannel.subscribe(this.#conflict);
    retryChannel.subscribe(this.#retry);
  }

  /** Traces the requests of a server; a caller's trace goes on in them (`traceparent`). */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, _reply, done) => {
      const parent = propagation.extract(ROOT_CONTEXT, request.headers);
      const route = request.routeOptions.url ?? 'none';
      const attributes = {
        'http.request.method': request.method,
        'http.route': route,
        'casebook.correlation_id': request.id,
      };
      const span = this.#tracer().startSpan(
        `${request.method} ${route}`,
        { kind: SpanKind.SERVER, attributes },
        parent,
      );
      this.#spans.set(request, span);
      context.with(trace.setSpan(parent, span), done);
    });
    fastify.addHook('onResponse', async (request, reply) => {
      const span = this.#spans.get(request);
      span?.setAttribute('http.response.status_code', reply.statusCode);
      if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
      span?.end();
    });
  }

  /** Sends what is left, and stops. */
  async close(): Promise<void> {
    commandChannel.unsubscribe(this.#observe);
    conflictChannel.unsubscribe(this.#conflict);
    retryChannel.unsubscribe(this.#retry);
    await this.#provider.shutdown().catch(() => undefined);
    context.disable();
    propagation.disable();
  }

  #command({ aggregate, command, outcome, milliseconds }: CommandObservation): void {
    const endTime = Date.now();
    const span = this.#tracer().startSpan(
      `${aggregate} ${command}`,
      { startTime: endTime - milliseconds, attributes: { 'casebook.outcome': outcome } },
      context.active(),
    );
    if (outcome === 'error') span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(endTime);
  }

  #tracer() {
    return this.#provider.getTracer('casebook');
  }
}

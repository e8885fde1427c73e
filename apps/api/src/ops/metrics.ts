import { createServer, type Server } from 'node:http';
import { commandChannel, conflictChannel, type CommandObservation } from '@casebook/commands';
import { retryChannel } from '@casebook/event-store';
import type { Views, ViewStatus } from '@casebook/read-model';
import { leaseHolder, type StateStore } from '@casebook/state';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is asked when somebody collects the metrics. */
export interface MetricsSources {
  readonly views: Views;
  readonly state: StateStore;
  /** Open event streams of browsers. */
  readonly liveConnections: () => number;
  readonly instance: string;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The metrics of one instance, in the words of Prometheus. Holds no names of people, tickets or companies. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #commands: Histogram<'aggregate' | 'command' | 'outcome'>;
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #conflicts: Counter<'aggregate'>;
  readonly #retries: Counter;
  readonly #observe = (message: unknown) => {
    const { aggregate, command, outcome, milliseconds } = message as CommandObservation;
    this.#commands.observe({ aggregate, command, outcome }, milliseconds / 1_000);
  };
  readonly #conflict = (message: unknown) => {
    this.#conflicts.inc({ aggregate: (message as { aggregate: string }).aggregate });
  };
  readonly #retry = () => {
    this.#retries.inc();
  };

  constructor(private readonly sources: MetricsSources) {
    const registers = [this.#registry];
    // With them comes the delay of the event loop.
    collectDefaultMetrics({ register: this.#registry });
    this.#commands = new Histogram({
      name: 'casebook_command_seconds',
      help: 'From a command at the aggregate to its events on disk, or its refusal.',
      labelNames: ['aggregate', 'command', 'outcome'],
      buckets: SECONDS,
      registers,
    });
    this.#requests = new Histogram({
      name: 'casebook_http_request_seconds',
      help: 'Answered requests by route.',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers,
    });
    this.#conflicts = new Counter({
      name: 'casebook_command_conflicts_total',
      help: 'Commands decided again because somebody else wrote to the stream first.',
      labelNames: ['aggregate'],
      registers,
    });
    this.#retries = new Counter({
      name: 'casebook_append_retries_total',
      help: 'Appends sent again because their outcome was unknown.',
      registers,
    });
    this.#gauges(registers);
    commandChannel.subscribe(this.#observe);
    conflictChannel.subscribe(this.#conflict);
    retryChannel.subscribe(this.#retry);
  }

  /** Counts the requests of a server. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'none';
      this.#requests.observe(
        { method: request.method, route, status: String(reply.statusCode) },
        reply.elapsedTime / 1_000,
      );
    });
  }

  /** Everything, as text. */
  async text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Serves `GET /metrics` on a port of its own, apart from what the internet reaches. */
  async listen(port: number, host: string): Promise<Server> {
    const server = createServer((request, response) => {
      if (request.method !== 'GET' || request.url !== '/metrics') {
        response.writeHead(404).end();
        return;
      }
      this.text().then(
        (text) => response.writeHead(200, { 'content-type': this.#registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, resolve);
    });
    return server;
  }

  close(): void {
    commandChannel.unsubscribe(this.#observe);
    conflictChannel.unsubscribe(this.#conflict);
    retryChannel.unsubscribe(this.#retry);
    this.#registry.clear();
  }

  #gauges(registers: Registry[]): void {
    const { views, state, liveConnections, instance } = this.sources;
    const ofViews = (name: string, help: string, value: (status: ViewStatus) => number) => {
      const gauge = new Gauge({
        name,
        help,
        labelNames: ['view'],
        registers,
        async collect() {
          for (const status of await views.status()) gauge.set({ view: status.name }, value(status));
        },
      });
    };
    ofViews(
      'casebook_view_events_behind',
      'Events that a view has not handled yet; 500 stands for 500 or more.',
      ({ eventsBehind }) => eventsBehind,
    );
    ofViews(
      'casebook_view_seconds_behind',
      'Age of the oldest event that a view has not handled yet.',
      ({ secondsBehind }) => secondsBehind,
    );
    ofViews(
      'casebook_view_parked_streams',
      'Streams that a view does not follow until it is rebuilt.',
      ({ parked }) => parked.length,
    );
    const connections = new Gauge({
      name: 'casebook_live_connections',
      help: 'Browsers that follow changes.',
      registers,
      collect() {
        connections.set(liveConnections());
      },
    });
    const owner = new Gauge({
      name: 'casebook_views_owner',
      help: 'The instance that writes the shared views: 1 for the one that holds the lease.',
      labelNames: ['instance'],
      registers,
      async collect() {
        owner.reset();
        const holder = await leaseHolder(state, 'views');
        if (holder !== undefined) owner.set({ instance: holder }, 1);
        if (holder !== instance) owner.set({ instance }, 0);
      },
    });
  }
}

import { createHash } from 'node:crypto';
import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { StateStore } from '@casebook/state';

const SPACE = 'rate';

/**
 * Counts requests to each route for all instances together, in fixed windows of time. Addresses are kept as hashes,
 * until their window is over. When the count cannot be kept, requests are let through.
 */
export function sharedRateLimit(state: StateStore, now: () => number = Date.now): FastifyRateLimitStoreCtor {
  return class extends RouteCounter {
    constructor() {
      super(state, now, '');
    }
  };
}

class RouteCounter implements FastifyRateLimitStore {
  constructor(
    private readonly state: StateStore,
    private readonly now: () => number,
    private readonly route: string,
  ) {}

  incr(
    key: string,
    callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
    timeWindow: number,
  ): void {
    const now = this.now();
    const window = Math.floor(now / timeWindow);
    const ttl = (window + 1) * timeWindow - now;
    const record = createHash('sha256').update(`${this.route} ${key} ${window}`).digest('base64url');
    count(this.state, record, Math.ceil(timeWindow / 1_000)).then(
      (current) => {
        callback(null, { current, ttl });
      },
      () => {
        callback(null, { current: 1, ttl });
      },
    );
  }

  /** The plugin hands over the limit's settings with the route inside, other than its types say. */
  child(options: object): RouteCounter {
    const { routeInfo } = options as { routeInfo?: { url: string } };
    return new RouteCounter(this.state, this.now, routeInfo?.url ?? '');
  }
}

async function count(state: StateStore, key: string, ttlSeconds: number): Promise<number> {
  const first = await state.insert(SPACE, key, 1, { ttlSeconds });
  return first === undefined ? state.increment(SPACE, key) : 1;
}

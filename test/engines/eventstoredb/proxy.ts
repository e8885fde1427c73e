import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Faults } from './faults';

/** Passes the public port on to the server within, so that connections can be reset and stalled. */
export class Proxy {
  readonly #pairs = new Set<{ readonly outside: Socket; readonly inside: Socket }>();
  readonly #server: Server;
  #stalled: Faults['stalled'] = 'none';
  #within = 0;

  constructor() {
    this.#server = createServer((outside) => {
      const inside = connect({ host: '127.0.0.1', port: this.#within });
      const pair = { outside, inside };
      this.#pairs.add(pair);
      for (const socket of [outside, inside]) {
        socket.setNoDelay(true);
        // Either end may go at any time; what matters is that the other one goes too.
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.#pairs.delete(pair);
          outside.destroy();
          inside.destroy();
        });
      }
      if (this.#stalled !== 'all') join(pair);
    });
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Listens on a port and passes on to another. */
  async listen(port: number, within: number): Promise<void> {
    this.#within = within;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
  }

  reset(): void {
    for (const { outside } of this.#pairs) outside.resetAndDestroy();
  }

  set stalled(stalled: Faults['stalled']) {
    if (stalled === this.#stalled) return;
    this.#stalled = stalled;
    for (const pair of this.#pairs) {
      if (stalled === 'none') {
        join(pair);
        continue;
      }
      for (const socket of [pair.outside, pair.inside]) {
        socket.unpipe();
        socket.pause();
      }
    }
  }
}

function join({ outside, inside }: { outside: Socket; inside: Socket }): void {
  outside.pipe(inside);
  inside.pipe(outside);
}

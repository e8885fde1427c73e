import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { withParameters } from './test-database';

/** Stands between a client and a server on the loopback address, and cuts connections when it is told to. */
export interface CutProxy {
  /** The URL with the proxy in the place of its servers, to be used as it is: no other server is looked for. */
  readonly url: string;
  /**
   * Cuts the connection of the next message that contains `word`: before the server sees it, or after the server has
   * answered and before the client has the answer. Resolves once that has happened.
   */
  cutNext(word: string, when: 'before' | 'answered'): Promise<void>;
  /** Refuses and cuts all connections until `restore`. */
  down(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

interface Cut {
  readonly word: string;
  readonly when: 'before' | 'answered';
  readonly done: () => void;
}

/** Starts a proxy in front of the first server that a MongoDB URL names: a primary, reached without TLS. */
export async function startCutProxy(target: string): Promise<CutProxy> {
  const [, host = '', port = ''] = /^mongodb:\/\/(?:[^@]*@)?([^:/,]+):?(\d*)/.exec(target) ?? [];
  let cut: Cut | undefined;
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((incoming) => {
    const client = track(incoming);
    const upstream = track(connect({ host, port: Number(port === '' ? 27_017 : port) }));
    let lost: Cut | undefined;
    const end = (done?: () => void): void => {
      client.destroy();
      upstream.destroy();
      done?.();
    };
    client.on('data', (data: Buffer) => {
      if (cut && data.includes(cut.word)) {
        lost = cut;
        cut = undefined;
        if (lost.when === 'before') {
          end(lost.done);
          return;
        }
      }
      upstream.write(data);
    });
    upstream.on('data', (data: Buffer) => {
      if (lost) end(lost.done);
      else client.write(data);
    });
    client.on('close', () => {
      end();
    });
    upstream.on('close', () => {
      end();
    });
  });
  const own = await listen(server, 0);
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: withParameters(
      target
        .replace(/^(mongodb:\/\/(?:[^@]*@)?)[^/]+\/?/, (_, start: string) => `${start}127.0.0.1:${own}/`)
        .replace(/\breplicaSet=[^&]*&?/, ''),
      { directConnection: 'true' },
    ),
    cutNext: (word, when) =>
      new Promise((done) => {
        cut = { word, when, done };
      }),
    down: stop,
    restore: async () => {
      await listen(server, own);
    },
    close: async () => {
      if (server.listening) await stop();
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

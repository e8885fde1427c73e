import type { Engine } from './process';
import { ProtocolServer } from './eventstoredb/protocol-server';

/** Starts the protocol server: nothing to download, its log is in memory. */
export async function start(): Promise<Engine> {
  const server = await ProtocolServer.start();
  return { settings: { EVENTSTOREDB_URL: server.url }, stop: () => server.kill() };
}

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A server that was started for tests, with the settings that point Casebook at it. */
export interface Engine {
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A free port of the loopback address. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * A folder of downloads and built binaries outside the checkout (`CASEBOOK_ENGINES`, default in the user's cache).
 * `make` fills it when it is not there yet; a half-filled one is never seen.
 */
export function cached(name: string, make: (directory: string) => void): string {
  const base = process.env['CASEBOOK_ENGINES'] ?? join(homedir(), '.cache', 'casebook-engines');
  const directory = join(base, name);
  if (existsSync(directory)) return directory;
  const making = `${directory}.${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  make(making);
  renameSync(making, directory);
  return directory;
}

/** Runs a command to its end, its words on standard error. Throws when it fails. */
export function run(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const done = spawnSync(command, args, { ...options, stdio: ['ignore', 2, 2] });
  if (done.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${done.status ?? done.error?.message}`);
}

/** Starts a server in a process group of its own and waits until `ready`; `stop` ends the whole group. */
export async function serve(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; ready: () => Promise<boolean>; seconds?: number },
): Promise<{ child: ChildProcess; stop(): Promise<void> }> {
  const child = spawn(command, args, {
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, name);
  };
  const stop = async (): Promise<void> => {
    signal('SIGTERM');
    const kill = setTimeout(() => {
      signal('SIGKILL');
    }, 10_000);
    await exited;
    clearTimeout(kill);
  };
  process.once('exit', () => {
    signal('SIGKILL');
  });
  const until = Date.now() + (options.seconds ?? 60) * 1000;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode} before it was ready`);
    if (await options.ready()) return { child, stop };
    await delay(100);
  }
  await stop();
  throw new Error(`${command} was not ready in time`);
}

/** True once something accepts connections on a loopback port. */
export async function listening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../apps/api/src/testing/start-portal';

const MAIN = resolve(__dirname, '../dist/api/apps/api/src/main.js');

const LOOP_PROBE = resolve(__dirname, 'bench/loop-probe.js');

/** What differs from a plain start. */
export interface PortalOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Measures how long the event loop is held (`loopDelay`). */
  readonly probeLoop?: boolean;
  /** Its data directory; without one it gets a new one that `dispose` removes. */
  readonly directory?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** How long it may take to become ready; default 60. */
  readonly seconds?: number;
}

/** The built portal as a process of its own, on a free port and a directory of its own, with demo data. */
export class PortalProcess {
  private child: ChildProcess | undefined;

  private constructor(
    readonly url: string,
    private readonly port: number,
    readonly directory: string,
    private readonly options: PortalOptions,
  ) {}

  static async start(options: PortalOptions = {}): Promise<PortalProcess> {
    const port = options.port ?? (await freePort());
    const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'casebook-portal-'));
    const portal = new PortalProcess(`http://localhost:${port}`, port, directory, options);
    await portal.start();
    return portal;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts it, again on the same port and directory after a stop. */
  async start(): Promise<void> {
    const { env, probeLoop = false, seconds = 60 } = this.options;
    this.child = spawn(process.execPath, [...(probeLoop ? ['-r', LOOP_PROBE] : []), MAIN], {
      env: {
        ...process.env,
        PORT: String(this.port),
        DATA_DIR: this.directory,
        DEMO: 'true',
        PUBLIC_URL: this.url,
        ...env,
      },
      stdio: ['ignore', 'ignore', 'inherit', ...(probeLoop ? (['ipc'] as const) : [])],
    });
    for (let attempt = 0; attempt < seconds * 20; attempt++) {
      if (this.child.exitCode !== null) throw new Error(`The portal ended with ${this.child.exitCode}`);
      const ready = await fetch(`${this.url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (ready) return;
      await wait(50);
    }
    throw new Error(`The portal did not become ready within ${seconds} s`);
  }

  /** How long the event loop was held since the last call, in milliseconds. */
  async loopDelay(): Promise<{ p99: number; max: number }> {
    const { child } = this;
    if (!child) throw new Error('The portal does not run');
    const answer = new Promise<{ p99: number; max: number }>((resolve) => {
      child.once('message', (message) => {
        resolve(message as { p99: number; max: number });
      });
    });
    child.send('read');
    return answer;
  }

  /** Pauses the process, or lets it go on. */
  pause(paused: boolean): void {
    this.child?.kill(paused ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Ends the process with a signal, and answers when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await gone;
  }

  async dispose(): Promise<void> {
    await this.end('SIGTERM');
    if (this.options.directory === undefined) rmSync(this.directory, { recursive: true, force: true });
  }
}

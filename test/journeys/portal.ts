import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../apps/api/src/testing/start-portal';

const MAIN = resolve(__dirname, '../../dist/api/apps/api/src/main.js');

/** The built portal as a process of its own, on a free port and a directory of its own, with demo data. */
export class PortalProcess {
  private child: ChildProcess | undefined;

  private constructor(
    readonly url: string,
    private readonly port: number,
    readonly directory: string,
  ) {}

  static async start(): Promise<PortalProcess> {
    const port = await freePort();
    const portal = new PortalProcess(
      `http://localhost:${port}`,
      port,
      mkdtempSync(join(tmpdir(), 'casebook-journey-')),
    );
    await portal.start();
    return portal;
  }

  /** Starts it, again on the same port and directory after a stop. */
  async start(): Promise<void> {
    this.child = spawn(process.execPath, [MAIN], {
      env: { ...process.env, PORT: String(this.port), DATA_DIR: this.directory, DEMO: 'true', PUBLIC_URL: this.url },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    for (let attempt = 0; attempt < 240; attempt++) {
      if (this.child.exitCode !== null) throw new Error(`The portal ended with ${this.child.exitCode}`);
      const ready = await fetch(`${this.url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (ready) return;
      await wait(250);
    }
    throw new Error('The portal did not become ready within a minute');
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
    rmSync(this.directory, { recursive: true, force: true });
  }
}

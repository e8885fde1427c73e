import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, listening } from '../process';
import { noFaults, type Counts, type Faults } from './faults';

const ROOT = join(__dirname, '..', '..', '..');

/** Whatever still runs goes with this process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The protocol server as a process of its own, with what tests can do to it. */
export class ProtocolServer {
  #child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly controlPort: number,
    private readonly file: string | undefined,
  ) {}

  /** Starts one on free ports. With a file its log outlives the process. */
  static async start(file?: string): Promise<ProtocolServer> {
    const server = new ProtocolServer(await freePort(), await freePort(), file);
    await server.start();
    return server;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** Starts the process (again), on the same ports. */
  async start(): Promise<void> {
    const script = [join(ROOT, 'tools/run-ts.js'), join(__dirname, 'server.ts')];
    const numbers = [String(this.port), String(this.controlPort)];
    const args = [...script, ...numbers, ...(this.file === undefined ? [] : [this.file])];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    for (let waited = 0; !(await listening(this.port)); waited += 50) {
      if (child.exitCode !== null || waited > 30_000) throw new Error('The protocol server did not start');
      await delay(50);
    }
  }

  /** Ends the process as it is. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Stops the whole process where it is (SIGSTOP), or lets it go on. */
  freeze(frozen: boolean): void {
    this.#child?.kill(frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Misbehaves in these ways and no others. */
  async misbehave(faults: Partial<Faults>): Promise<void> {
    await this.#tell('/faults', { ...noFaults(), ...faults });
  }

  /** Breaks every connection. */
  async reset(): Promise<void> {
    await this.#tell('/reset');
  }

  /** Ends every subscription without an error. */
  async endSubscriptions(): Promise<void> {
    await this.#tell('/end-subscriptions');
  }

  /** Ends every subscription with an error. */
  async dropSubscriptions(): Promise<void> {
    await this.#tell('/drop-subscriptions');
  }

  /** Writes events of the server's own into the log. */
  async addSystemEvents(count: number): Promise<void> {
    await this.#tell('/system-events', { count });
  }

  async counts(): Promise<Counts> {
    return this.#tell('/counts');
  }

  async #tell(path: string, body: object = {}): Promise<Counts> {
    const url = `http://127.0.0.1:${this.controlPort}${path}`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    return (await response.json()) as Counts;
  }
}

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

/** A process of a test that runs a TypeScript file and speaks in lines. */
export interface TypeScriptChild {
  readonly process: ChildProcessWithoutNullStreams;
  /** The next line it prints; rejects with its standard error when it ends before. */
  line(): Promise<string>;
  /** Ends it with SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts a TypeScript source file as a process of its own. */
export function spawnTypeScript(file: string, ...args: string[]): TypeScriptChild {
  const child = spawn(process.execPath, ['--require', join(__dirname, 'typescript-hook.js'), file, ...args]);
  const ended = new Promise<void>((resolve) => child.once('close', resolve));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    line: async () => {
      const next = await lines.next();
      if (next.done !== true) return next.value;
      await ended;
      throw new Error(`The process ended: ${errors}`);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

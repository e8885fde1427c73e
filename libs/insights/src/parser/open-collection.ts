import { fork, type ChildProcess } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ArchiveError } from '../archive/archive-error';
import { mebibytes } from '../archive/expand';
import { defaultLimits, type Limits } from '../archive/limits';
import type { Collection } from '../format/collection';
import type { ReaderAnswer, ReaderRequest } from './reader-messages';

/**
 * Reads an untrusted collection in a process that is killed when it takes too long or dies alone when it needs
 * too much memory. Writes nothing to disk. Every refusal is an `ArchiveError` with one sentence.
 */
export async function openCollection(file: string, limits: Limits = defaultLimits): Promise<Collection> {
  const answer = await ask({ file: resolve(file), path: null, limits });
  if ('collection' in answer) return answer.collection;
  throw refusal(answer);
}

/** The bytes of one file inside an untrusted archive, read the same way. */
export async function openFileOf(file: string, path: string, limits: Limits = defaultLimits): Promise<Buffer> {
  const answer = await ask({ file: resolve(file), path, limits });
  if ('content' in answer) return Buffer.from(answer.content);
  throw refusal(answer);
}

function refusal(answer: ReaderAnswer): ArchiveError {
  return 'refused' in answer
    ? new ArchiveError(answer.code, answer.refused)
    : new ArchiveError('unreadable', 'The archive could not be read.');
}

async function ask(request: ReaderRequest): Promise<ReaderAnswer> {
  await checkFile(request);
  return new Promise((done) => {
    const reader = startReader(request.limits);
    const finish = (answer: ReaderAnswer) => {
      clearTimeout(timer);
      reader.kill('SIGKILL');
      done(answer);
    };
    const timer = setTimeout(() => {
      const seconds = Math.round(request.limits.milliseconds / 1000);
      finish({ code: 'too-slow', refused: `The archive took longer than ${seconds} seconds to read.` });
    }, request.limits.milliseconds);
    reader.once('message', (answer) => {
      finish(answer as ReaderAnswer);
    });
    reader.once('error', () => {
      finish({ code: 'unreadable', refused: 'The archive could not be read.' });
    });
    // Not "exit", which may come before the last message.
    reader.once('disconnect', () => {
      finish({
        code: 'unreadable',
        refused: 'The archive could not be read: its reader stopped, most likely for lack of memory.',
      });
    });
    reader.send(request);
  });
}

async function checkFile({ file, limits }: ReaderRequest): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found === null) throw new ArchiveError('unreadable', `There is no readable file "${file}".`);
  if (!found.isFile()) throw new ArchiveError('unreadable', `"${file}" is not a plain file.`);
  if (found.size > limits.archiveBytes)
    throw new ArchiveError('too-large', `The file is larger than ${mebibytes(limits.archiveBytes)}.`);
}

function startReader(limits: Limits): ChildProcess {
  // Compiled, the reader is a .js file beside this one. From sources both are TypeScript: a hook compiles them.
  const fromSource = __filename.endsWith('.ts');
  const hook = fromSource ? ['--allow-addons', '--require', join(__dirname, '../../../../tools/ts-hook.js')] : [];
  return fork(join(__dirname, fromSource ? 'reader-process.ts' : 'reader-process.js'), [], {
    // The reader may read files and nothing else: no writing, no processes, no workers.
    execArgv: ['--permission', '--allow-fs-read=*', `--max-old-space-size=${limits.heapMiB}`, ...hook],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // It needs nothing from the environment either, and the environment may hold secrets.
    env: {},
  });
}

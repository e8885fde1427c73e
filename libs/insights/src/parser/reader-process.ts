// Runs as a process of its own, so that a hostile archive can cost at most this process. It gets one request,
// answers once and ends.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ArchiveError } from '../archive/archive-error';
import { readCollection, readFileOf } from './open-bytes';
import type { ReaderAnswer, ReaderRequest } from './reader-messages';

async function answer(request: ReaderRequest): Promise<ReaderAnswer> {
  try {
    const bytes = readFileSync(request.file);
    if (request.path === null)
      return { collection: await readCollection(bytes, basename(request.file), request.limits) };
    return { content: await readFileOf(bytes, request.path, request.limits) };
  } catch (error) {
    if (error instanceof ArchiveError) return { refused: error.message, code: error.code };
    return { refused: 'The archive could not be read.', code: 'unreadable' };
  }
}

process.once('message', (request: ReaderRequest) => {
  void answer(request).then((result) =>
    process.send?.(result, () => {
      process.disconnect();
    }),
  );
});
// Without its parent nobody waits for the answer.
process.once('disconnect', () => process.exit(0));

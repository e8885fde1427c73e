import { channel } from 'node:diagnostics_channel';
import { DomainError } from '@casebook/kernel';

/** What is told of each command that was handled; nothing of its content. */
export interface CommandObservation {
  readonly aggregate: string;
  readonly command: string;
  /** `ok`, the kind of the DomainError that refused it, or `error`. */
  readonly outcome: string;
  readonly milliseconds: number;
}

/** Told after each command. */
export const commandChannel = channel('casebook.command');
/** Told when somebody else wrote to a stream between reading it and appending to it; the command is decided again. */
export const conflictChannel = channel('casebook.conflict');

/** Answers what `handle` answers, and tells how it went when somebody listens. */
export async function observed<T>(aggregate: string, command: string, handle: () => Promise<T>): Promise<T> {
  if (!commandChannel.hasSubscribers) return handle();
  const begun = performance.now();
  const tell = (outcome: string) => {
    const milliseconds = performance.now() - begun;
    commandChannel.publish({ aggregate, command, outcome, milliseconds } satisfies CommandObservation);
  };
  try {
    const result = await handle();
    tell('ok');
    return result;
  } catch (error) {
    tell(error instanceof DomainError ? error.kind : 'error');
    throw error;
  }
}

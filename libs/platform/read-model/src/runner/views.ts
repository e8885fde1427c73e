import type { Position, RecordedEvent } from '@casebook/kernel';
import type { ViewStatus } from './projection-runner';

/** Every view of an installation, as those see them who read or follow them, whichever process keeps them up to date. */
export interface Views {
  /** Position up to which every view has handled the log. */
  readonly handled: Position | undefined;
  /** Begins; answers when all views have reached the present end of the log. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * For reading one's own writes: waits until all views have handled `position`, `timeoutMs` (default 2,000) at most.
   * `stale` says that they have not.
   */
  waitFor(position: Position, timeoutMs?: number): Promise<{ readonly stale: boolean }>;
  /** Calls with events after all views have handled them, in order. Answers the function that ends it. */
  onHandled(listener: (events: readonly RecordedEvent[]) => void): () => void;
  /** Fills fresh versions of the named views from the start of the log and swaps them in. */
  rebuild(...names: readonly string[]): Promise<void>;
  /** Where each view stands. */
  status(): Promise<readonly ViewStatus[]>;
}

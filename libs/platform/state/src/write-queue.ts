import { DomainError } from '@casebook/kernel';
import { sqliteCode, type SqliteDatabase } from '@casebook/sqlite';

interface QueuedWrite {
  /** Runs inside the transaction. */
  readonly run: () => void;
  /** Called once the transaction is on disk. */
  readonly settle: () => void;
  readonly fail: (error: unknown) => void;
}

/** A batch ends here, so that a flood of writes does not hold the event loop. */
const BATCH_MS = 10;
/** How long SQLite itself may wait for another process, holding the event loop, before the write is retried later. */
const BLOCK_MS = 10;
const RETRY_MS = 5;
const GIVE_UP_MS = 5_000;

/**
 * Group commit: writes queued in one turn of the event loop share one transaction and one sync.
 * While another process writes, it waits without holding the event loop.
 */
export class WriteQueue {
  private waiting: QueuedWrite[] = [];
  private scheduled = false;
  private blockedSince: number | undefined;
  private idle: (() => void)[] = [];

  /** `begin` and `end` run first and last in each transaction. */
  constructor(
    private readonly database: SqliteDatabase,
    private readonly hooks: { begin: () => void; end: () => void },
  ) {
    database.pragma(`busy_timeout = ${BLOCK_MS}`);
  }

  /** Runs `write` in the next transaction; answers its result once that is on disk. */
  add<T>(write: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: T;
      this.waiting.push({
        run: () => {
          result = write();
        },
        settle: () => {
          resolve(result);
        },
        fail: reject,
      });
      this.schedule();
    });
  }

  /** Resolves when nothing is waiting any more. */
  async drained(): Promise<void> {
    if (this.waiting.length === 0 && !this.scheduled) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private schedule(afterMs = 0): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const flush = (): void => {
      this.scheduled = false;
      this.flush();
      if (this.waiting.length > 0) this.schedule(this.blockedSince === undefined ? 0 : RETRY_MS);
      else for (const resolve of this.idle.splice(0)) resolve();
    };
    if (afterMs === 0) setImmediate(flush);
    else setTimeout(flush, afterMs);
  }

  private flush(): void {
    if (!this.begin()) return;
    const written: QueuedWrite[] = [];
    const started = performance.now();
    let taken = 0;
    try {
      for (const write of this.waiting) {
        taken++;
        if (this.runOne(write)) written.push(write);
        if (performance.now() - started > BATCH_MS) break;
      }
      this.hooks.end();
      this.database.exec('COMMIT');
    } catch (error) {
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
      this.waiting.splice(0, taken);
      for (const write of written) write.fail(asDomainError(error));
      return;
    }
    this.waiting.splice(0, taken);
    for (const write of written) write.settle();
  }

  /** False when the write failed by itself; throws when the transaction is gone with it. */
  private runOne(write: QueuedWrite): boolean {
    try {
      write.run();
      return true;
    } catch (error) {
      write.fail(asDomainError(error));
      if (!this.database.inTransaction) throw error;
      return false;
    }
  }

  private begin(): boolean {
    try {
      this.database.exec('BEGIN IMMEDIATE');
      this.hooks.begin();
      this.blockedSince = undefined;
      return true;
    } catch (error) {
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
      const busy = sqliteCode(error)?.startsWith('SQLITE_BUSY') === true;
      this.blockedSince ??= performance.now();
      if (busy && performance.now() - this.blockedSince < GIVE_UP_MS) return false;
      this.blockedSince = undefined;
      for (const write of this.waiting.splice(0)) write.fail(asDomainError(error));
      return false;
    }
  }
}

/** An SQLite failure as what it means to callers: nothing was stored. Other errors stay what they are. */
function asDomainError(error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  const reason = code.startsWith('SQLITE_FULL') ? 'the disk is full' : code;
  return new DomainError('unavailable', 'state.not-stored', `Nothing was stored (${reason}). Try again later.`);
}

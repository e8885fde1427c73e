import type { Position } from '@casebook/kernel';

interface Waiter {
  readonly position: Position;
  readonly done: () => void;
}

/** Those who wait until views have handled a position. */
export class Waiters {
  private readonly waiting = new Set<Waiter>();

  /** True when the position was reached in time. */
  wait(position: Position, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (reached: boolean) => {
        clearTimeout(timer);
        this.waiting.delete(waiter);
        resolve(reached);
      };
      const timer = setTimeout(() => {
        finish(false);
      }, timeoutMs);
      const waiter = {
        position,
        done: () => {
          finish(true);
        },
      };
      this.waiting.add(waiter);
    });
  }

  reached(position: Position): void {
    for (const waiter of this.waiting) if (waiter.position <= position) waiter.done();
  }
}

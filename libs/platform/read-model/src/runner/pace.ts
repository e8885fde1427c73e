import { setImmediate } from 'node:timers/promises';

/** How long work may hold the thread, and by how many events it gets there. */
export class Pace {
  private size = 16;
  private resumed = performance.now();

  /** `sliceMs` is aimed at for one batch; Infinity for a thread that serves nobody else. */
  constructor(
    private readonly sliceMs: number,
    private readonly most = 1_000,
  ) {
    if (sliceMs === Infinity) this.size = most;
  }

  /** Events for the next batch. */
  get batch(): number {
    return this.size;
  }

  /** Runs one batch, learns from the time it took, and lets others run when the slice is used up. */
  async run(events: number, work: () => Promise<void>): Promise<void> {
    const began = performance.now();
    await work();
    const took = performance.now() - began;
    if (took > this.sliceMs) this.size = Math.max(1, Math.floor(this.size / 2));
    else if (took < this.sliceMs / 3 && events >= this.size) this.size = Math.min(this.most, this.size * 2);
    await this.breathe();
  }

  /** Lets others run when the slice is used up. */
  async breathe(): Promise<void> {
    if (performance.now() - this.resumed < this.sliceMs / 2) return;
    await setImmediate();
    this.resumed = performance.now();
  }
}

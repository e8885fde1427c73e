/** Lets the writes of this process to one record run one after the other, in the order they came. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Runs `work` after everything that was given for `id` before, whatever became of that. */
  run<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(id) ?? Promise.resolve();
    const turn = before.then(work, work);
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (this.last.get(id) === settled) this.last.delete(id);
      });
    this.last.set(id, settled);
    return turn;
  }

  /** Resolves when nothing is under way any more. */
  async over(): Promise<void> {
    while (this.last.size > 0) await Promise.all(this.last.values());
  }
}

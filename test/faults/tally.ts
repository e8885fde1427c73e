/** Counts what a fault run expects, and closes with the plain line that the runner adds up. */
export class Tally {
  #passed = 0;
  #failed = 0;

  /** Counts one expectation, and says it when it does not hold. */
  expect(holds: boolean, what: string): void {
    if (holds) this.#passed++;
    else {
      this.#failed++;
      console.error(`failed: ${what}`);
    }
  }

  /** Prints the counts and ends the process with 0 when all held. */
  close(): never {
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    process.exit(this.#failed === 0 ? 0 : 1);
  }
}

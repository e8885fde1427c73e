/** An idempotency key per content: sending the same again is harmless, changed content is a new request. */
export class RepeatKey {
  #of: string | undefined;
  #key = '';

  for(content: unknown): string {
    const of = JSON.stringify(content);
    if (of !== this.#of) {
      this.#of = of;
      this.#key = crypto.randomUUID();
    }
    return this.#key;
  }

  /** After success: the same words once more are meant as a second message. */
  used(): void {
    this.#of = undefined;
  }
}

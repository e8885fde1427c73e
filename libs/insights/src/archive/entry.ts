/** One file of an archive. `name` is checked, relative and plain. */
export interface Entry {
  readonly name: string;
  readonly content: Buffer;
}

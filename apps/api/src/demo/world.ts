import type { Actor } from '@casebook/kernel';

/** What the ticket part of the demo needs to know of people. */
export interface DemoWorld {
  /** Actors by mail address; `EMAIL for COMPANY` for somebody who serves several. */
  readonly actors: ReadonlyMap<string, Actor>;
}

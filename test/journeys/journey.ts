import type { RealBrowser } from './browser';
import type { PortalProcess } from '../portal-process';

/** What a journey works with. */
export interface Place {
  readonly browser: RealBrowser;
  readonly portal: PortalProcess;
  readonly url: string;
}

/** One thing that a person does from beginning to end. It throws when something is not as it should be. */
export interface Journey {
  readonly name: string;
  run(place: Place): Promise<void>;
}

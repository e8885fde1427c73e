import { mkdirSync } from 'node:fs';
import type { RealBrowser } from './browser';
import type { PortalProcess } from '../portal-process';

/** What a journey works with. */
export interface Place {
  readonly browser: RealBrowser;
  readonly url: string;
}

/** With a portal in a process of its own, which a journey may kill. */
export interface PlaceOfOurOwn extends Place {
  readonly portal: PortalProcess;
}

/** One thing that a person does from beginning to end. It throws when something is not as it should be. */
export interface Journey<P extends Place = PlaceOfOurOwn> {
  readonly name: string;
  run(place: P): Promise<void>;
}

/** Runs journeys one after the other, and tells of each and of what the pages complained about. Answers the failures. */
export async function runJourneys<P extends Place>(journeys: readonly Journey<P>[], place: P): Promise<number> {
  const { browser } = place;
  let passed = 0;
  const failures: string[] = [];
  for (const journey of journeys) {
    const began = Date.now();
    try {
      await journey.run(place);
      passed++;
      console.log(`ok    ${journey.name} (${((Date.now() - began) / 1_000).toFixed(1)} s)`);
    } catch (error) {
      failures.push(journey.name);
      console.log(`FAIL  ${journey.name}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      mkdirSync('test-results', { recursive: true });
      await browser.picture('test-results');
    }
  }
  const complaints = [...new Set(browser.complaints)];
  if (complaints.length > 0) {
    failures.push('complaints');
    console.log(`FAIL  pages complained:\n${complaints.slice(0, 20).join('\n')}`);
  } else {
    passed++;
    console.log('ok    no page wrote an error, and no request went anywhere else');
  }
  console.log(`${passed} passed, ${failures.length} failed`);
  return failures.length;
}

import { keptAs, stringsIn } from '@casebook/kernel/testing';
import fc from 'fast-check';
import { FREE_TEXT, play, someSteps } from '../testing/random-tickets';
import { ticketCatalog, ticketEventTypes } from './ticket.events';

const lives = fc.tuple(someSteps, fc.boolean()).map(([steps, task]) => play(steps, task).events);

/** Enough random lives that every string of every event occurs, the same ones in each run. */
const events = fc.sample(lives, { seed: 11, numRuns: 400 }).flat();

describe('the catalogue of ticket events', () => {
  it('lists every string that any command writes, as sealed or as plain and never as both', () => {
    const wrong = events.flatMap(({ type, data }) =>
      stringsIn(data)
        .map(({ path }) => [type, path, keptAs(ticketCatalog[type], path)])
        .filter(([, , kept]) => kept !== 'sealed' && kept !== 'plain'),
    );
    expect(wrong).toEqual([]);
  });

  it('leaves no word that somebody wrote lying open, and seals nothing else', () => {
    const wrong = events.flatMap(({ type, data }) =>
      stringsIn(data)
        .filter(({ path, text }) => text.startsWith(FREE_TEXT) !== (keptAs(ticketCatalog[type], path) === 'sealed'))
        .map(({ path }) => `${type} ${path}`),
    );
    expect(wrong).toEqual([]);
  });

  it('lists nothing that does not exist', () => {
    const filled = new Set(events.flatMap(({ type, data }) => stringsIn(data).map(({ path }) => `${type} ${path}`)));
    const listed = ticketEventTypes.flatMap((type) => {
      const { sealed, plain } = ticketCatalog[type];
      return [...Object.keys(sealed), ...plain].map((path) => `${type} ${path}`);
    });
    expect(listed.sort()).toEqual([...filled].sort());
  });

  it('lists no path twice', () => {
    for (const type of ticketEventTypes) {
      const { sealed, plain } = ticketCatalog[type];
      const all = [...Object.keys(sealed), ...plain];
      expect([type, all.length]).toEqual([type, new Set(all).size]);
    }
  });
});

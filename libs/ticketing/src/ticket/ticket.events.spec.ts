import { keptAs, stringsIn } from '@casebook/kernel/testing';
import fc from 'fast-check';
import { FREE_TEXT, play, someSteps } from '../testing/random-tickets';
import { ticketCatalog, ticketEventTypes, type TicketEvent } from './ticket.events';

const lives = fc.tuple(someSteps, fc.boolean()).map(([steps, task]) => play(steps, task).events);

/** Paths of each event type that a large sample of random commands fills. */
function filledPaths(): Map<TicketEvent['type'], Set<string>> {
  const filled = new Map<TicketEvent['type'], Set<string>>();
  for (const { type, data } of fc.sample(lives, { seed: 11, numRuns: 400 }).flat()) {
    const paths = filled.get(type) ?? new Set();
    for (const { path } of stringsIn(data)) paths.add(path);
    filled.set(type, paths);
  }
  return filled;
}

describe('the catalogue of ticket events', () => {
  it('lists every string that any command writes, as sealed or as plain and never as both', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const wrong = events.flatMap(({ type, data }) =>
          stringsIn(data)
            .map(({ path }) => [type, path, keptAs(ticketCatalog[type], path)])
            .filter(([, , kept]) => kept !== 'sealed' && kept !== 'plain'),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves no word that somebody wrote lying open', () => {
    fc.assert(
      fc.property(lives, (events) => {
        const open = events.flatMap(({ type, data }) =>
          stringsIn(data)
            .filter(({ path, text }) => text.startsWith(FREE_TEXT) && keptAs(ticketCatalog[type], path) !== 'sealed')
            .map(({ path }) => `${type} ${path}`),
        );
        expect(open).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('lists nothing that does not exist', () => {
    const filled = filledPaths();
    for (const type of ticketEventTypes) {
      const { sealed, plain } = ticketCatalog[type];
      expect([type, ...[...Object.keys(sealed), ...plain].sort()]).toEqual([
        type,
        ...[...(filled.get(type) ?? [])].sort(),
      ]);
    }
  });

  it('lists no path twice', () => {
    for (const type of ticketEventTypes) {
      const { sealed, plain } = ticketCatalog[type];
      const all = [...Object.keys(sealed), ...plain];
      expect([type, all.length]).toEqual([type, new Set(all).size]);
    }
  });
});

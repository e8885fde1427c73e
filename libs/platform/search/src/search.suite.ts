import { type DomainError } from '@casebook/kernel';
import type { Scope } from '@casebook/read-model';
import fc from 'fast-check';
import type { SearchChange, SearchDocument, SearchIndex, SearchOptions } from './search-index';

export interface SearchHarness {
  readonly index: SearchIndex;
  /** Puts changes into the index, live. */
  readonly change: (...changes: SearchChange[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

const staff: Scope = { kind: 'staff' };
const acme: Scope = { kind: 'company', companyId: 'acme', audience: 'customer' };
const error = (kind: string, code: string) => expect.objectContaining({ kind, code }) as DomainError;
const put = (id: string, fields: Partial<SearchDocument> = {}): SearchChange => ({
  put: { kind: 'ticket', id, company: 'acme', audience: 'customer', title: null, body: null, ...fields },
});

/** What every search must do. */
export function searchSuite(name: string, make: () => Promise<SearchHarness>): void {
  describe(`${name} as search`, () => {
    let harness: SearchHarness;
    beforeEach(async () => (harness = await make()));
    afterEach(() => harness.close());

    const ids = async (text: string, scope = staff, options: SearchOptions = {}) =>
      (await harness.index.search(scope, text, options)).items.map(({ id }) => id);

    it('finds documents that hold all words, in title or body, whatever the case and the accents', async () => {
      await harness.change(
        put('a', { title: 'Réplication is slow', body: 'The standby lags behind' }),
        put('b', { title: 'Slow queries', body: 'nothing else' }),
      );
      expect(await ids('replication STANDBY')).toEqual(['a']);
      expect((await ids('slow')).sort()).toEqual(['a', 'b']);
      expect(await ids('slow nowhere')).toEqual([]);
    });

    it('takes the last word as a beginning, and only the last', async () => {
      await harness.change(put('a', { title: 'Replication slots' }));
      expect(await ids('repl')).toEqual(['a']);
      expect(await ids('replication sl')).toEqual(['a']);
      expect(await ids('repl slots')).toEqual([]);
      expect(await ids('r')).toEqual([]);
    });

    it('finds names with dots, dashes and underscores as they are typed', async () => {
      await harness.change(put('a', { body: 'raise max_connections, see pg_stat_activity on db-01.example.com' }));
      for (const text of ['max_connections', 'pg_stat_act', 'db-01.example.com', 'db-01.ex', 'connections'])
        expect(await ids(text)).toEqual(['a']);
      expect(await ids('connections_max')).toEqual([]);
    });

    it('finds a ticket by its number, exactly first, and by the digits it begins with', async () => {
      await harness.change(
        put('x', { ref: 'CB-10421', title: 'CB-1042 CB-1042 CB-1042 comes back' }),
        put('y', { ref: 'CB-1042', title: 'Disk full' }),
        put('z', { ref: 'CB-2042', title: 'Other' }),
      );
      for (const text of ['CB-1042', 'cb-1042', 'cb1042', 'CB 1042', '1042', '#1042'])
        expect((await ids(text))[0]).toBe('y');
      expect((await ids('CB-10')).sort()).toEqual(['x', 'y']);
      expect((await ids('104')).sort()).toEqual(['x', 'y']);
      expect(await ids('2')).toEqual(['z']);
      expect(await ids('042')).toEqual([]);
    });

    it('says where the words stand in title and excerpt', async () => {
      const body = `${'filler '.repeat(100)} the checkpoint is slow today ${'filler '.repeat(100)}`;
      await harness.change(put('a', { title: 'Slow <b>checkpoint</b>', body }));
      const [hit] = (await harness.index.search(staff, 'check')).items;
      expect(hit!.title.text).toBe('Slow <b>checkpoint</b>');
      for (const { text, marks } of [hit!.title, hit!.excerpt])
        expect(marks.map(({ start, end }) => text.slice(start, end))).toEqual(['checkpoint']);
      expect(hit!.excerpt.text.length).toBeLessThan(300);
    });

    it("shows with each hit its own words and nobody else's", async () => {
      await harness.change(
        ...Array.from({ length: 30 }, (_, n) => put(`t${n}`, { title: `word title${n}`, body: `body${n} word` })),
      );
      const { items } = await harness.index.search(staff, 'word', { limit: 100 });
      expect(items).toHaveLength(30);
      for (const { id, title, excerpt } of items)
        expect([title.text, excerpt.text]).toEqual([`word title${id.slice(1)}`, `body${id.slice(1)} word`]);
    });

    it('answers the beginning of the body when only the title matches, and bears texts that are gone', async () => {
      await harness.change(
        put('a', { title: 'Vacuum', body: 'Nothing here' }),
        put('b', { title: 'Vacuum', body: null }),
      );
      const { items } = await harness.index.search(staff, 'vacuum');
      expect(items.map(({ id, excerpt }) => [id, excerpt.text, excerpt.marks])).toEqual(
        expect.arrayContaining([
          ['a', 'Nothing here', []],
          ['b', '', []],
        ]),
      );
    });

    it('ranks the title above the body', async () => {
      await harness.change(
        put('body', { title: 'Other', body: 'deadlock in the queue' }),
        put('title', { title: 'Deadlock in the queue', body: 'nothing of it here' }),
      );
      const { items } = await harness.index.search(staff, 'deadlock');
      expect(items.map(({ id }) => id)).toEqual(['title', 'body']);
      expect(items[0]!.score).toBeGreaterThan(items[1]!.score);
    });

    it('hands back kind, reference and what a hit belongs to', async () => {
      await harness.change(put('e', { kind: 'entry', of: 't', ref: 'CB-7', title: 'word' }));
      expect((await harness.index.search(staff, 'word')).items).toMatchObject([
        { kind: 'entry', id: 'e', of: 't', ref: 'CB-7' },
      ]);
    });

    describe('changes', () => {
      it('replace, remove one, and remove all that belongs to something', async () => {
        await harness.change(
          put('a', { title: 'first' }),
          put('a', { kind: 'entry', of: 't', title: 'first' }),
          put('b', { kind: 'entry', of: 't', title: 'first' }),
        );
        await harness.change(put('a', { title: 'second' }));
        expect((await ids('first')).length).toBe(2);
        expect(await ids('second')).toEqual(['a']);
        await harness.change({ removeOf: 't' });
        expect(await ids('first')).toEqual([]);
        await harness.change({ remove: { kind: 'ticket', id: 'a' } }, { remove: { kind: 'ticket', id: 'unknown' } });
        expect(await ids('second')).toEqual([]);
      });

      it('replace audience and company with the document', async () => {
        await harness.change(put('a', { title: 'word', audience: 'internal' }));
        expect(await ids('word', acme)).toEqual([]);
        await harness.change(put('a', { title: 'word' }));
        expect(await ids('word', acme)).toEqual(['a']);
        await harness.change(put('a', { title: 'word', company: 'globex' }));
        expect(await ids('word', acme)).toEqual([]);
      });
    });

    describe('scope', () => {
      beforeEach(() =>
        harness.change(
          put('own', { ref: 'CB-1', title: 'word' }),
          put('note', { ref: 'CB-1', title: 'word', audience: 'internal' }),
          put('foreign', { ref: 'CB-1', title: 'word', company: 'globex' }),
          put('shared', { ref: 'CB-1', title: 'word', company: null }),
          put('draft', { ref: 'CB-1', title: 'word', company: null, audience: 'internal' }),
          put('public', { ref: 'CB-1', title: 'word', company: null, audience: 'public' }),
        ),
      );

      it.each(['word', 'CB-1', '1', 'wo'])('shows to each only what is meant for them (%s)', async (text) => {
        expect((await ids(text, acme)).sort()).toEqual(['own', 'public', 'shared']);
        expect(await ids(text, { kind: 'public' })).toEqual(['public']);
        expect(await ids(text)).toHaveLength(6);
      });

      it('refuses a person, and a company without an id', async () => {
        for (const scope of [
          { kind: 'person', personId: 'p' },
          { ...acme, companyId: '' },
        ] as Scope[])
          await expect(harness.index.search(scope, 'word')).rejects.toThrow(error('forbidden', 'search.scope'));
      });

      it('looks up no company, kind or audience that somebody types', async () => {
        for (const text of [
          'acme',
          'xcustomer',
          'xpublic',
          `xc${Buffer.from('globex').toString('hex')}`,
          'ticket',
          'scope:xpublic',
        ])
          expect(await ids(text)).toEqual([]);
      });

      it('cuts to kinds', async () => {
        await harness.change(put('article', { kind: 'article', title: 'word' }));
        expect(await ids('word', acme, { kinds: ['article'] })).toEqual(['article']);
        expect((await ids('word', acme, { kinds: ['article', 'ticket'] })).length).toBe(4);
        expect(await ids('word', acme, { kinds: [] })).toEqual([]);
      });
    });

    describe('paging', () => {
      it('walks all hits once', async () => {
        await harness.change(
          ...Array.from({ length: 25 }, (_, n) => put(`t${n}`, { ref: `CB-${n}`, title: 'word 7' })),
        );
        for (const text of ['word', '7']) {
          const seen: string[] = [];
          let after: string | undefined;
          do {
            const page = await harness.index.search(staff, text, {
              limit: 10,
              ...(after === undefined ? {} : { after }),
            });
            seen.push(...page.items.map(({ id }) => id));
            after = page.nextCursor;
          } while (after !== undefined);
          expect(new Set(seen).size).toBe(25);
          expect(seen).toHaveLength(25);
        }
        expect((await ids('7'))[0]).toBe('t7');
      });

      it('refuses limits and cursors that are none', async () => {
        for (const limit of [0, 101, 1.5])
          await expect(harness.index.search(staff, 'x', { limit })).rejects.toThrow(error('invalid', 'search.limit'));
        for (const after of [
          '',
          'x',
          Buffer.from('s99999').toString('base64url'),
          Buffer.from('s-1').toString('base64url'),
        ])
          await expect(harness.index.search(staff, 'x', { after })).rejects.toThrow(error('invalid', 'search.cursor'));
      });
    });

    describe('whatever somebody types', () => {
      it.each([
        '',
        ' ',
        '"',
        '""',
        '*',
        '-',
        'AND',
        'NOT word',
        'word OR',
        'NEAR(word',
        '{title}:word',
        'title:word',
        '^word',
        "';--",
        '\u0000',
        '…',
      ])('answers %j without an error', async (text) => {
        await harness.change(put('a', { title: 'word' }));
        await expect(harness.index.search(staff, text)).resolves.toBeDefined();
      });

      it('never fails on any text, and finds any text that is a word', async () => {
        await harness.change(put('a', { title: 'word', body: 'and or not near' }));
        const typed = fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.string({
            unit: fc.constantFrom(
              '"',
              '*',
              '(',
              ')',
              '^',
              ':',
              '-',
              '+',
              '{',
              '}',
              ' ',
              'a',
              '1',
              'AND',
              'NEAR',
              '\u0000',
              '\ud800',
              'é',
              '\u0301',
              '漢',
            ),
          }),
        );
        await fc.assert(
          fc.asyncProperty(typed, async (text) => {
            await harness.index.search(staff, text);
            await harness.index.search(acme, `word ${text}`, { kinds: [text] });
          }),
          { numRuns: 300 },
        );
      });

      it('finds each document by each of its words', async () => {
        const word = fc.stringMatching(/^[a-zäöüßéñ0-9]{2,12}$/);
        await fc.assert(
          fc.asyncProperty(fc.uniqueArray(word, { minLength: 1, maxLength: 5 }), fc.nat(), async (words, n) => {
            await harness.change(put('w', { title: words.slice(1).join(' '), body: words[0] ?? '' }));
            expect(await ids(words[n % words.length]!)).toContain('w');
            expect(await ids(words.join(' '))).toContain('w');
          }),
          { numRuns: 50 },
        );
      });
    });
  });
}

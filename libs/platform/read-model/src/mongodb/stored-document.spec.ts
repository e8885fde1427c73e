import type { DomainError } from '@casebook/kernel';
import type { Document, ReadModelDefinition } from '../read-model';
import { plainOf, StoredDocuments } from './stored-document';

const definition: ReadModelDefinition = {
  name: 'tickets',
  version: 1,
  indexes: [{ 'public.updatedAt': -1 }],
  arrays: ['tags'],
  scope: { staff: true },
};
const at = '1'.padStart(20, '0');
const sizes: object[] = [];
const documents = new StoredDocuments(definition, (document) => {
  sizes.push(document);
  return JSON.stringify(document).length;
});
const nested = (levels: number): object => (levels === 1 ? {} : { inner: nested(levels - 1) });

describe('a document as MongoDB stores it', () => {
  it('comes back as JSON would bring it back', () => {
    const document = {
      text: 'Grüße \0 😀',
      none: undefined,
      zero: -0,
      endless: Number.POSITIVE_INFINITY,
      date: new Date(0),
      list: [undefined, { deep: null }],
      constructor: 'x',
    };
    const stored = documents.store({ id: 'a', document, position: at });
    expect(stored).toMatchObject({ _id: 'a', _pos: at });
    expect(JSON.stringify(plainOf(stored))).toBe(JSON.stringify(document));
    expect(Object.is((plainOf(stored) as { zero: number }).zero, 0)).toBe(true);
  });

  it('leaves its position behind when it is deleted', () => {
    expect(documents.store({ id: 'a', document: null, position: at })).toEqual({ _id: 'a', _pos: at, _gone: true });
  });

  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  it.each<[string, Document]>([
    ['a dot in a name', { a: { 'b.c': 1 } }],
    ['a leading dollar', { list: [{ $set: 1 }] }],
    ['a NUL in a name', { 'a\0': 1 }],
    ['an array directly inside an array', { a: [[1]] }],
    ['more than 60 levels', nested(61)],
    ['a field that is ours', { _id: 'x' }],
    ['an array where an index looks', { public: { updatedAt: [1] } }],
  ])('is refused for %s', (_, document) => {
    const refused = expect.objectContaining({ kind: 'invalid', code: 'read-model.document' }) as DomainError;
    expect(() => documents.store({ id: 'a', document, position: at })).toThrow(refused);
    expect(() => {
      documents.check('a', document);
    }).toThrow(refused);
  });

  it('is refused when it is no JSON, has no id, or is too large', () => {
    const store = (id: string, document: Document) => () => documents.store({ id, document, position: at });
    expect(store('a', circle)).toThrow(/circular/);
    expect(store('', {})).toThrow(/no id/);
    expect(store('a', { text: 'x'.repeat(17_000_000) })).toThrow(/16 MB/);
    expect(() => store('a', { text: 'x'.repeat(15_000_000) })()).not.toThrow();
  });

  it('may be 60 levels deep, and hold empty names and arrays of objects with arrays', () => {
    for (const document of [nested(60), { '': 1, a$: 2 }, { rows: [{ cells: [1, 2] }] }])
      expect(plainOf(documents.store({ id: 'a', document, position: at }))).toEqual(document);
  });
});

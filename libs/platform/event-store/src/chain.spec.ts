import { chainHash, nextHead, splitHash, withHash } from './chain';

// The example of docs/audit.md. Never change it: logs in use were hashed this way.
const first = {
  stream: 'ticket-1',
  revision: 0,
  id: '00000000-0000-4000-8000-000000000000',
  type: 'example.Opened',
  data: '{"subject":"żółć"}',
  metadata: '{"actor":"a"}',
};
const second = { ...first, revision: 1, id: '00000000-0000-4000-8000-000000000001' };
const H0 = 'bcd8b46e0fb5892977bb92da373dcafaeeec417d5c2a78848dff207f4754b994';
const H1 = 'afb16455505ac0134dfe53308cf03dce768ac1ff91d80f6458f71dbb0064aee1';

describe('the chain of hashes', () => {
  it('is computed as the docs show', () => {
    expect(chainHash('', first)).toBe(H0);
    expect(chainHash(H0, second)).toBe(H1);
    expect(nextHead('', H0)).toBe('5dab6e94a8b9562d9939af11316df1cc26c7a21d58d452d4d8fc4a54dff0c46e');
    expect(nextHead(nextHead('', H0), H1)).toBe('aaa53ffe8a81a7f28552c7297708ed73bb6654ba19bf892d5a97fcb1c3614246');
  });

  it.each(['stream', 'id', 'type', 'data', 'metadata'] as const)('covers %s, and where it ends', (field) => {
    const fields = ['stream', 'id', 'type', 'data', 'metadata'] as const;
    const next = fields[(fields.indexOf(field) + 1) % fields.length]!;
    const moved = { ...first, [field]: first[field].slice(0, -1), [next]: first[field].slice(-1) + first[next] };
    expect(chainHash('', { ...first, [field]: `${first[field]}x` })).not.toBe(H0);
    expect(chainHash('', moved)).not.toBe(H0);
  });

  it('covers the revision and the event before', () => {
    expect(chainHash('', { ...first, revision: 1 })).not.toBe(H0);
    expect(chainHash(H1, second)).not.toBe(H1);
  });

  it('stands at the end of the metadata and leaves the rest as it was hashed', () => {
    expect(splitHash(withHash(first.metadata, H0))).toEqual({ metadata: first.metadata, hash: H0 });
  });

  it.each(['{"actor":"a"}', '{}', '', `{"actor":"a","hash":"${'G'.repeat(64)}"}`, `{"hash":"${'0'.repeat(64)}"}`])(
    'is not found in %s',
    (metadata) => {
      expect(splitHash(metadata)).toBeUndefined();
    },
  );
});

import type { Actor } from '@casebook/kernel';
import { keyedCommandId, stableId } from './envelope';

const inCompany = (companyId: string, personId = 'ada'): Actor => ({
  kind: 'customer',
  personId,
  companyId,
  role: 'A',
});

describe('ids made of parts', () => {
  it('are UUIDs of version 5, the same for the same parts', () => {
    expect(stableId('ticket', 'c1')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    // As any implementation of RFC 9562 gives it: a repeat after an upgrade must meet the same id.
    expect(stableId('ticket', 'c1')).toBe('5a338462-c670-5829-b8ac-cf9090e6728c');
  });

  it('differ where any part differs, and where the same letters are cut elsewhere', () => {
    const ids = [
      stableId('a', 'bc'),
      stableId('ab', 'c'),
      stableId('abc'),
      stableId('bc', 'a'),
      stableId('a', 'bc', ''),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the id of a command with an idempotency key', () => {
  const ada = inCompany('acme');
  const id = keyedCommandId(ada, 'POST', '/api/tickets', 'k1');

  it('is one per actor, method, path and key', () => {
    expect(keyedCommandId(inCompany('acme'), 'POST', '/api/tickets', 'k1')).toBe(id);
    const others = [
      keyedCommandId(inCompany('acme', 'bob'), 'POST', '/api/tickets', 'k1'),
      keyedCommandId(ada, 'PUT', '/api/tickets', 'k1'),
      keyedCommandId(ada, 'POST', '/api/users', 'k1'),
      keyedCommandId(ada, 'POST', '/api/tickets', 'k2'),
    ];
    expect(new Set([id, ...others]).size).toBe(5);
  });

  it('is another one in another company of the same person (D15)', () => {
    expect(keyedCommandId(inCompany('globex'), 'POST', '/api/tickets', 'k1')).not.toBe(id);
  });
});

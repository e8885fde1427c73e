import type { Auth, RequestPrincipal } from '@casebook/auth';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventsController } from './events.controller';
import { LiveHub, type LiveDependencies } from './live-hub';

const principal: RequestPrincipal = {
  actor: { kind: 'customer', personId: 'uma', companyId: 'acme', role: 'U' },
  name: 'Uma',
  email: 'uma@acme.example',
  companies: [],
  via: { kind: 'session', key: 's1' },
};

/** Opens the stream of somebody whose rights are these by now, and answers what the server did. */
async function open(stillSignedIn: boolean, method = 'GET', hub = new LiveHub({} as LiveDependencies)) {
  const written: string[] = [];
  let ended = false;
  const raw = {
    writableLength: 0,
    writeHead: () => undefined,
    write: (text: string) => written.push(text),
    end: () => (ended = true),
    destroy: () => (ended = true),
  };
  const controller = new EventsController(hub, { stillSignedIn: async () => stillSignedIn } as unknown as Auth);
  const request = { method, raw: { on: () => undefined } } as unknown as FastifyRequest;
  controller.stream(principal, request, { hijack: () => undefined, raw } as unknown as FastifyReply);
  await new Promise((resolve) => setImmediate(resolve));
  return { connections: hub.size, ended, text: written.join('') };
}

describe('an event stream', () => {
  it('stays open for whoever is signed in', async () => {
    expect(await open(true)).toMatchObject({ connections: 1, ended: false });
  });

  it('ends at once for whoever was locked out while it was being opened', async () => {
    const { connections, ended, text } = await open(false);
    expect([connections, ended]).toEqual([0, true]);
    expect(text).toContain('event: bye');
  });

  it('is one of fifty at most for one person, who takes no place of others', async () => {
    const hub = new LiveHub({} as LiveDependencies);
    for (let n = 0; n < 50; n++) await open(true, 'GET', hub);
    await expect(open(true, 'GET', hub)).rejects.toMatchObject({ kind: 'too-many', code: 'live.too_many' });
    expect([hub.countOf('uma'), hub.countOf('ada')]).toEqual([50, 0]);
  });

  it('keeps nobody waiting who asks for its headers alone', async () => {
    expect(await open(true, 'HEAD')).toEqual({ connections: 0, ended: true, text: '' });
  });
});

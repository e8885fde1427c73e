import type { ParkedStream } from '@casebook/read-model';
import { startPortal, type TestPortal } from '../testing/start-portal';
import { SystemStatus } from './system-status';
import type { PublicStatusDto, SystemStatusDto } from './system-status.dto';

describe('the status', () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await startPortal();
  });
  afterAll(() => portal.close());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is told to administrators in full', async () => {
    const root = await portal.signIn('root@support.example');
    await portal.app.get(SystemStatus).sample();
    const { status, body } = await root.get<SystemStatusDto>('/api/admin/status');
    expect(status).toBe(200);
    expect(body.views.map(({ name }) => name).sort()).toEqual([
      'companies',
      'downloads',
      'people',
      'search',
      'tickets',
      'timeline',
    ]);
    expect(body.views).toContainEqual(
      expect.objectContaining({ name: 'tickets', state: 'live', eventsBehind: 0, lag: [0, 0], parked: [] }),
    );
    expect(body.engines).toMatchObject({ log: 'SQLite', files: 'a directory' });
    expect(body.freeBytes).toBeGreaterThan(0);
    expect(body.signIn).toBe('ready');
    await portal.services.head.checkpoint();
    const { record } = (await root.get<SystemStatusDto>('/api/admin/status')).body;
    expect(record).toMatchObject({
      holds: true,
      keptElsewhere: false,
      head: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(Date.parse(record.checkedAt ?? '')).toBeGreaterThan(0);
  });

  it('names subscriptions that end within 90 days, with what is open on them', async () => {
    jest
      .spyOn(portal.services.users, 'endingSubscriptions')
      .mockResolvedValue([
        { companyId: 'nobody', company: 'Globex', service: 'Production support', until: '2099-01-01T00:00:00.000Z' },
      ]);
    const root = await portal.signIn('root@support.example');
    const { endingSubscriptions } = (await root.get<SystemStatusDto>('/api/admin/status')).body;
    expect(endingSubscriptions).toMatchObject([{ company: 'Globex', openTickets: 0 }]);
    expect(endingSubscriptions[0]?.daysLeft).toBeGreaterThan(1_000);
  });

  it.each(['ada@acme.example', 'erin@support.example', 'omar@support.example'])('is refused to %s', async (email) => {
    const person = await portal.signIn(email);
    expect((await person.get('/api/admin/status')).status).toBe(403);
    expect((await person.post('/api/admin/views/tickets/rebuild')).status).toBe(403);
  });

  it('shows what is parked, and folds the view anew when asked to', async () => {
    const parked: ParkedStream[] = [{ stream: 'ticket-1', eventId: 'e', position: '0', reason: 'it broke' }];
    const live = await portal.services.runner.status();
    jest
      .spyOn(portal.services.runner, 'status')
      .mockResolvedValue(live.map((view) => (view.name === 'search' ? { ...view, parked } : view)));
    const root = await portal.signIn('root@support.example');
    const search = (await root.get<SystemStatusDto>('/api/admin/status')).body.views.find(
      ({ name }) => name === 'search',
    );
    expect(search).toMatchObject({ state: 'parked', parked: [{ stream: 'ticket-1', reason: 'it broke' }] });

    let finish = (): void => undefined;
    const rebuild = jest
      .spyOn(portal.services.runner, 'rebuild')
      .mockReturnValue(new Promise<void>((resolve) => (finish = resolve)));
    expect((await root.post('/api/admin/views/search/rebuild')).status).toBe(202);
    expect(rebuild).toHaveBeenCalledWith('search');
    expect((await root.post('/api/admin/views/search/rebuild')).status).toBe(409);
    expect((await root.post('/api/admin/views/nothing/rebuild')).status).toBe(404);
    finish();
  });

  it('is told to everybody in plain words, and nothing of what is inside', async () => {
    const answer = await fetch(`${portal.url}/api/status`);
    const body = (await answer.json()) as PublicStatusDto;
    expect(body.state).toBe('working');
    expect(body.parts.map(({ name, state }) => [name, state])).toEqual([
      ['Sign-in', 'working'],
      ['Opening and answering tickets', 'working'],
      ['Ticket lists and pages', 'working'],
      ['Search', 'working'],
      ['Attached files', 'working'],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/sqlite|view|timeline|position/i);
  });

  it('names the part that is behind or does not answer', async () => {
    const live = await portal.services.runner.status();
    jest
      .spyOn(portal.services.runner, 'status')
      .mockResolvedValue(live.map((view) => (view.name === 'search' ? { ...view, secondsBehind: 100 } : view)));
    jest.spyOn(portal.platform.store, 'end').mockRejectedValue(new Error('away'));
    const { state, parts } = await new SystemStatus(
      portal.services.statusSources({ providerStatus: () => ({ state: 'ready' }) } as never),
    ).public();
    expect(state).toBe('unavailable');
    expect(parts.filter((part) => part.state !== 'working').map(({ name }) => name)).toEqual([
      'Opening and answering tickets',
      'Search',
    ]);
  });
});

import {
  type CanDraft,
  carryOver,
  dueMinutes,
  dueOf,
  type EarlierReport,
  isoOf,
  localOf,
  missingFrom,
  reportOf,
  wordsOf,
} from './can-draft';
import { actionMark, actionsLeftOut, needMark, needsLeftOut, stoodOpen, tallyOf } from './can-marks';

const EARLIER: EarlierReport = {
  id: 'r1',
  entry: '9',
  sequence: 1,
  at: '2026-11-20T01:38:00.000Z',
  by: 'erin',
  conditions: 'Standby 184 GB behind.',
  since: '2026-11-19T21:10:00.000Z',
  actions: [
    { text: 'Check the archive', owner: 'Marta', status: 'done' },
    { text: 'Prepare catch-up', owner: 'Priya', status: 'in_progress', eta: '2026-11-20T02:00:00.000Z' },
  ],
  openNeeds: [{ n: 2, text: 'decide on the workaround', from: 'customer', due: '2026-11-20T03:30:00.000Z' }],
};
const NOW = new Date('2026-11-20T02:24:31.500Z');
const TWO_HOURS = { value: 2, unit: 'clock_hours' } as const;

function draftWith(change: Partial<CanDraft> = {}): CanDraft {
  return { ...carryOver(EARLIER, 'full'), none: ['vendor', 'third_party'], ...change };
}

describe('carryOver', () => {
  it('takes over what is open and leaves out what was done', () => {
    const draft = carryOver(EARLIER, 'full');
    expect(draft.base).toBe('r1');
    expect(draft.actions.map(({ text }) => text)).toEqual(['Prepare catch-up']);
    expect(draft.needs.map(({ text, side }) => [text, side])).toEqual([['decide on the workaround', 'customer']]);
    expect(actionsLeftOut(draft, EARLIER).map(({ action }) => action.text)).toEqual(['Check the archive']);
  });

  it('says nothing in advance: "none" is said anew in each report', () => {
    expect(carryOver(EARLIER, 'full').none).toEqual([]);
  });

  it('begins empty without an earlier report', () => {
    const draft = carryOver(undefined, 'none');
    expect([draft.base, draft.conditions, draft.actions, draft.needs]).toEqual([undefined, '', [], []]);
  });
});

describe('reportOf', () => {
  it('sends what was carried over as it was', () => {
    expect(reportOf(draftWith(), 'customer', TWO_HOURS, NOW)).toEqual({
      audience: 'customer',
      conditions: 'Standby 184 GB behind.',
      since: '2026-11-19T21:10:00.000Z',
      actions: [{ text: 'Prepare catch-up', owner: 'Priya', status: 'in_progress', eta: '2026-11-20T02:00:00.000Z' }],
      needs: [{ text: 'decide on the workaround', from: 'customer', due: '2026-11-20T03:30:00.000Z' }],
      nextReportDue: '2026-11-20T04:24:00.000Z',
    });
  });

  it('leaves out empty lines and needs that are met', () => {
    const [need] = draftWith().needs;
    const report = reportOf(
      draftWith({
        actions: [{ key: 'x', text: '  ', owner: '', status: 'planned', at: '' }],
        needs: [{ ...need!, met: true }],
      }),
      'internal',
      undefined,
      NOW,
    );
    expect([report.actions, report.needs, report.audience]).toEqual([[], [], 'internal']);
  });

  it('counts the words of what it sends', () => {
    expect(wordsOf(draftWith({ impact: 'no failover target' }))).toBe(4 + 3 + 2 + 4);
  });
});

describe('missingFrom', () => {
  it('lets a report go in which everything is said', () => {
    expect(missingFrom(draftWith())).toEqual([]);
  });

  it('wants "none" said for each side that nothing is asked of, and for actions', () => {
    expect(missingFrom(draftWith({ none: ['vendor'], actions: [] }))).toEqual([
      'Name an action, or say “None”.',
      'Name a need from third parties, or say “None”.',
    ]);
    expect(missingFrom(draftWith({ actions: [], noActions: true }))).toEqual([]);
  });

  it('wants facts, and a time when another one was chosen', () => {
    expect(missingFrom(draftWith({ conditions: ' ', due: 'other' }))).toHaveLength(2);
  });
});

describe('dueOf', () => {
  it('offers half and all of what the plan allows between updates', () => {
    expect(dueMinutes(TWO_HOURS)).toEqual({ half: 60, full: 120 });
    expect(dueMinutes({ value: 1, unit: 'business_days' })).toEqual({ half: 240, full: 1440 });
  });

  it('knows no promise and another time', () => {
    expect(dueOf(draftWith({ due: 'none' }), TWO_HOURS, NOW)).toBeUndefined();
    const at = localOf('2026-11-20T09:15:00.000Z');
    expect(dueOf(draftWith({ due: 'other', dueAt: at }), TWO_HOURS, NOW)).toBe('2026-11-20T09:15:00.000Z');
    expect(isoOf(at)).toBe('2026-11-20T09:15:00.000Z');
  });
});

describe('marks', () => {
  const draft = draftWith();
  const [action] = draft.actions;
  const [need] = draft.needs;
  const time = (iso: string) => iso.slice(11, 16);

  it('tell carried over, changed and new lines apart, and what they were', () => {
    expect(actionMark(action!, EARLIER, time)).toEqual({ mark: 'carried over' });
    expect(actionMark({ ...action!, status: 'done', at: '' }, EARLIER, time)).toEqual({
      mark: 'changed',
      was: 'was in progress, by 02:00',
    });
    expect(needMark({ ...need!, text: 'decide', met: true }, EARLIER, time)).toEqual({
      mark: 'changed',
      was: 'was “decide on the workaround”, open',
    });
    expect(needMark({ key: 'n', text: 'a log', side: 'customer', met: false, at: '' }, EARLIER, time).mark).toBe('new');
  });

  it('add up to the sentence above the form', () => {
    const changed = draftWith({ actions: [{ ...action!, status: 'done' }], needs: [] });
    expect(tallyOf(changed, EARLIER)).toEqual({ carried: 1, changed: 1, added: 0, leftOut: 2 });
    expect(needsLeftOut(changed, EARLIER).map(({ n }) => n)).toEqual([2]);
  });

  it('know a need that stood open already, which changes nobody’s debt', () => {
    expect(stoodOpen(need!, EARLIER)).toBe(true);
    expect(stoodOpen({ ...need!, text: 'something else' }, EARLIER)).toBe(false);
    expect(stoodOpen({ ...need!, side: 'vendor' }, EARLIER)).toBe(false);
  });
});

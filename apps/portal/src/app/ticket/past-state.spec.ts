import { pastState } from './past-state';
import { entry, OPENED } from './testing/sample';

describe('The past state of a ticket', () => {
  const entries = [
    OPENED,
    entry('2', 'severity', { from: 'S3', to: 'S2', reason: 'worse' }, 'ada'),
    entry('3', 'assigned', { assignee: 'erin', how: 'took' }),
    entry('4', 'stage', { from: 'triage', to: 'mitigation' }),
    entry('5', 'resolution_accepted', { resolutionId: 'r' }, 'ada'),
    entry('6', 'reopened', { reason: 'again' }, 'ada'),
  ];

  it('begins in triage with the severity it was opened with, and nobody accountable', () => {
    expect(pastState(entries.slice(0, 1))).toEqual({ stage: 'triage', severity: 'S3', entry: '1' });
  });

  it('follows severity, owner and stage entry by entry', () => {
    expect(pastState(entries.slice(0, 4))).toEqual({
      stage: 'mitigation',
      severity: 'S2',
      assignee: 'erin',
      entry: '4',
    });
  });

  it('is closed by an accepted resolution and in triage again after reopening', () => {
    expect(pastState(entries.slice(0, 5)).stage).toBe('closed');
    expect(pastState(entries).stage).toBe('triage');
  });
});

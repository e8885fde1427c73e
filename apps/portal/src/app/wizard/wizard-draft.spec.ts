import { checklistOf, EMPTY_DRAFT, gapsOf, ticketOf, type WizardDraft } from './wizard-draft';

const filled: WizardDraft = {
  ...EMPTY_DRAFT,
  step: 4,
  service: 'production-24x7',
  severity: 'S2',
  products: [
    { id: 'postgresql', version: '16.13' },
    { id: 'barman', version: '' },
  ],
  subject: ' Standby stopped ',
  description: 'FATAL: requested WAL segment has already been removed',
  hosts: [
    { name: 'pg-1 ', role: 'primary' },
    { name: '', role: '' },
  ],
};

describe('a new ticket', () => {
  it('sends what was filled in, and nothing else', () => {
    expect(ticketOf(filled)).toEqual({
      service: 'production-24x7',
      type: 'issue',
      severity: 'S2',
      products: [{ id: 'postgresql', version: '16.13' }, { id: 'barman' }],
      subject: 'Standby stopped',
      description: filled.description,
      hosts: [{ name: 'pg-1', role: 'primary' }],
    });
  });

  it('sends no severity for a task', () => {
    expect(ticketOf({ ...filled, type: 'task' })).not.toHaveProperty('severity');
  });

  it('cannot leave a step without what the step asks for', () => {
    expect(Object.keys(gapsOf(EMPTY_DRAFT, 1))).toEqual(['service']);
    expect(Object.keys(gapsOf(EMPTY_DRAFT, 2))).toEqual(['severity']);
    expect(gapsOf({ ...EMPTY_DRAFT, type: 'task' }, 2)).toEqual({});
    expect(Object.keys(gapsOf(EMPTY_DRAFT, 3))).toEqual(['products']);
    expect(Object.keys(gapsOf(EMPTY_DRAFT, 4))).toEqual(['subject', 'description']);
    expect(gapsOf(filled, 4)).toEqual({});
  });

  it('shows gaps that engineers would ask about, which block nothing', () => {
    const missing = checklistOf(filled).filter(({ given }) => !given);
    expect(missing.map(({ label }) => label)).toEqual([
      'Environment',
      'Effect on it',
      'What you tried',
      'Logs or a collection (step 5)',
    ]);
  });
});

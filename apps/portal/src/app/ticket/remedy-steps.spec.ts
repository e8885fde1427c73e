import { remedySteps, titled } from './remedy-steps';
import { entry } from './testing/sample';

describe('The steps of a workaround', () => {
  const proposal = entry('5', 'workaround_proposed', { workaroundId: 'w1', body: 'x' });
  const accepted = entry('6', 'workaround_accepted', { workaroundId: 'w1' }, 'ada');
  const words = (...entries: Parameters<typeof remedySteps>[1]) =>
    remedySteps(proposal, [proposal, ...entries], 'Acme').map(({ label, look }) => `${label}${look && ` ${look}`}`);

  it('wait for the customer first', () => {
    expect(words()).toEqual(['Proposed d', 'Acme decides n', 'Applied', 'Worked or failed']);
  });

  it('name what is still to come after acceptance', () => {
    expect(words(accepted)).toEqual(['Proposed d', 'Accepted n', 'Applied', 'Worked or failed']);
  });

  it('end when it was declined', () => {
    const declined = entry('6', 'workaround_declined', { workaroundId: 'w1', reason: 'no' }, 'ada');
    expect(words(declined)).toEqual(['Proposed d', 'Declined n']);
  });

  it('end when it worked, even if nobody said that it was applied', () => {
    expect(words(accepted, entry('7', 'workaround_worked', { workaroundId: 'w1' }, 'ada'))).toEqual([
      'Proposed d',
      'Accepted d',
      'Worked n',
    ]);
  });

  it('are those of this workaround alone', () => {
    expect(words(entry('6', 'workaround_accepted', { workaroundId: 'w2' }, 'ada'))).toContain('Acme decides n');
  });
});

describe('A title', () => {
  it('is the heading on the first line, which the text then leaves out', () => {
    expect(titled('# Catch up\n\nDo it.')).toEqual({ title: 'Catch up', body: 'Do it.' });
  });

  it('is absent without a heading, and for an erased text', () => {
    expect(titled('Do it.\n# later')).toEqual({ body: 'Do it.\n# later' });
    expect(titled(null)).toEqual({ body: null });
  });
});

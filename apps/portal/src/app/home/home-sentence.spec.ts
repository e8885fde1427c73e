import type { TicketSummary } from '../api/types';
import { homeSentence } from './home-sentence';

function open(owes: TicketSummary['owes'], owesReason?: string): TicketSummary {
  return { owes, owesReason } as TicketSummary;
}
function text(tickets: readonly TicketSummary[]): string {
  return homeSentence(tickets)
    .map((part) => part.text)
    .join('');
}

describe('homeSentence', () => {
  it('says so when nothing is open', () => {
    expect(text([])).toBe('No ticket is open.');
  });

  it('counts decisions apart from replies', () => {
    const tickets = [
      open('customer', 'workaround_proposed'),
      open('customer', 'resolution_proposed'),
      open('customer', 'need_open'),
      open('vendor', 'opened'),
    ];
    expect(text(tickets)).toBe(
      'Two decisions wait for you, and one ticket waits for your reply. One ticket is with support.',
    );
    expect(homeSentence(tickets).filter(({ strong }) => strong)).toEqual([
      { text: 'Two decisions wait for you', strong: true },
    ]);
  });

  it('names replies alone, and third parties', () => {
    expect(text([open('customer', 'vendor_replied'), open('third_party')])).toBe(
      'One ticket waits for your reply. One ticket waits for a third party.',
    );
  });

  it('says that nothing waits while support works', () => {
    expect(text(Array.from({ length: 13 }, () => open('vendor')))).toBe(
      'Nothing waits for you. 13 tickets are with support.',
    );
  });
});

import type { TicketSummary } from '../api/types';

/** A stretch of the sentence; strong ones are what to act on. */
export interface Part {
  readonly text: string;
  readonly strong?: boolean;
}

const WORDS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten', 'Eleven', 'Twelve'];
const DECISIONS = new Set(['workaround_proposed', 'resolution_proposed']);

/** True where the customer has to decide on a proposal. */
export function isDecision(ticket: TicketSummary): boolean {
  return DECISIONS.has(ticket.owesReason ?? '');
}

/** "Two decisions wait for you, and one reply. Three tickets are with support.", from the open tickets. */
export function homeSentence(open: readonly TicketSummary[]): readonly Part[] {
  if (open.length === 0) return [{ text: 'No ticket is open.' }];
  const yours = open.filter(({ owes }) => owes === 'customer');
  const decisions = yours.filter(isDecision).length;
  const replies = yours.length - decisions;
  const vendor = open.filter(({ owes }) => owes === 'vendor').length;
  const third = open.filter(({ owes }) => owes === 'third_party').length;
  return [
    ...waiting(decisions, replies),
    ...(vendor > 0 ? [{ text: ` ${counted(vendor, 'ticket is', 'tickets are')} with support.` }] : []),
    ...(third > 0 ? [{ text: ` ${counted(third, 'ticket waits', 'tickets wait')} for a third party.` }] : []),
  ];
}

function waiting(decisions: number, replies: number): readonly Part[] {
  const decide = counted(decisions, 'decision waits', 'decisions wait');
  const reply = counted(replies, 'ticket waits', 'tickets wait');
  if (decisions > 0 && replies > 0) {
    return [
      { text: `${decide} for you`, strong: true },
      { text: `, and ${reply.charAt(0).toLowerCase()}${reply.slice(1)} for your reply.` },
    ];
  }
  if (decisions > 0) return [{ text: `${decide} for you`, strong: true }, { text: '.' }];
  if (replies > 0) return [{ text: `${reply} for your reply`, strong: true }, { text: '.' }];
  return [{ text: 'Nothing waits for you.' }];
}

function counted(n: number, one: string, many: string): string {
  return `${WORDS[n] ?? String(n)} ${n === 1 ? one : many}`;
}

import type { SystemStatus } from '../api/types';

/** Something that a person has to do, with what leads there. */
export interface Need {
  readonly grave: boolean;
  readonly title: string;
  readonly text: string;
  /** Rebuild this read model. */
  readonly rebuild?: string;
  /** Look at this company's people and tickets. */
  readonly companyId?: string;
  /** Type this where Casebook runs. */
  readonly command?: string;
}

/** Below this files are refused (design 4: events are refused at half of it). */
const LITTLE_BYTES = 2 * 1024 ** 3;
const SOON_DAYS = 30;

/** What needs a person, the gravest first. */
export function needsOf(status: SystemStatus): readonly Need[] {
  const needs = [...recordNeeds(status), ...viewNeeds(status), ...diskNeeds(status), ...subscriptionNeeds(status)];
  return [...needs.filter(({ grave }) => grave), ...needs.filter(({ grave }) => !grave)];
}

/** How it is, in one sentence. */
export function sentenceOf(status: SystemStatus): string {
  const late = status.views.filter(({ state }) => state === 'behind').map(({ name }) => name);
  if (!status.record.holds) return 'The record does not hold.';
  if (status.signIn === 'unavailable') return 'Nobody can sign in: the provider does not answer.';
  if (late.length > 0)
    return `Pages may not show the newest: ${late.join(', ')} ${late.length === 1 ? 'is' : 'are'} behind.`;
  return 'Everything customers use works.';
}

function recordNeeds({ record, signIn }: SystemStatus): readonly Need[] {
  return [
    ...(record.holds
      ? []
      : [
          {
            grave: true,
            title: 'The record does not hold',
            text: record.finding ?? '',
            command: 'npm run cli -- audit verify',
          },
        ]),
    ...(signIn === 'unavailable'
      ? [
          {
            grave: true,
            title: 'Nobody can sign in',
            text: 'The sign-in provider does not answer. Casebook looks for it again every minute.',
          },
        ]
      : []),
  ];
}

function viewNeeds({ views }: SystemStatus): readonly Need[] {
  return views.flatMap(({ name, state, parked, problem, eventsBehind }): readonly Need[] => {
    if (state === 'behind') {
      const text = problem ?? `${eventsBehind} events wait. Pages that show it say that they may be behind.`;
      return [{ grave: true, title: `“${name}” is behind the record`, text, rebuild: name }];
    }
    const [first] = parked;
    if (!first || state === 'filling') return [];
    const count = parked.length === 1 ? '1 stream is' : `${parked.length} streams are`;
    const text = `${first.stream}: ${first.reason}. What came after in it is not shown. A rebuild tries again.`;
    return [{ grave: false, title: `${count} parked in “${name}”`, text, rebuild: name }];
  });
}

function diskNeeds({ freeBytes }: SystemStatus): readonly Need[] {
  if (freeBytes >= LITTLE_BYTES) return [];
  const text = 'Below 512 MB files are refused, below 256 MB events too; reading goes on.';
  return [{ grave: true, title: `${Math.floor(freeBytes / 1_000_000)} MB of disk are free`, text }];
}

function subscriptionNeeds({ endingSubscriptions }: SystemStatus): readonly Need[] {
  return endingSubscriptions
    .filter(({ daysLeft }) => daysLeft <= SOON_DAYS)
    .map(({ company, service, daysLeft, openTickets, accountOwner, companyId }) => ({
      grave: false,
      title: `${company}: ${service} ends in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`,
      text: `${openTickets} open ${openTickets === 1 ? 'ticket' : 'tickets'}. Account owner: ${accountOwner ?? 'nobody'}.`,
      companyId,
    }));
}

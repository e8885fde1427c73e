import type { Command, Decider, DomainEvent, EventType } from '@casebook/kernel';

/** Downloads have a stream of their own per ticket: reading never moves a ticket's revision (X12). */
export type AccessEvent = DomainEvent<'ticketing.FileDownloaded', { readonly attachmentId: string }>;

export const accessCatalog = {
  'ticketing.FileDownloaded': { sealed: {}, plain: ['attachmentId'] },
} satisfies Record<AccessEvent['type'], EventType>;

export type AccessCommand = Command<'RecordDownload', { readonly attachmentId: string; readonly companyId: string }>;

export const accessDecider: Decider<null, AccessCommand, AccessEvent> = {
  initial: null,
  evolve: () => null,
  decide: {
    RecordDownload: (_state, { attachmentId }) => [{ type: 'ticketing.FileDownloaded', data: { attachmentId } }],
  },
};

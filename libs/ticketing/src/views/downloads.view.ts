import { type Projection } from '@casebook/kernel';
import type { ReadModelDefinition } from '@casebook/read-model';
import type { AccessEvent } from '../access/access';

/** One download of a file, which the ticket's company can see (X12). */
export interface DownloadDocument {
  readonly id: string;
  readonly ticketId: string;
  readonly companyId: string;
  readonly attachmentId: string;
  readonly at: string;
  readonly by: string;
}

export const downloadsModel: ReadModelDefinition = {
  name: 'downloads',
  version: 1,
  indexes: [{ ticketId: 1, at: -1 }],
  scope: { staff: true, company: { company: 'companyId' } },
};

export const downloadsProjection: Projection<DownloadDocument, AccessEvent> = {
  name: 'downloads',
  version: 1,
  handles: ['ticketing.FileDownloaded'],
  id: (event) => event.id,
  on: (event) => ({
    id: event.id,
    ticketId: event.stream.slice('access-'.length),
    companyId: event.metadata.companyId ?? '',
    attachmentId: event.data.attachmentId,
    at: event.metadata.time,
    by: event.metadata.actor,
  }),
};

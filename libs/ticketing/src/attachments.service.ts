import { Readable } from 'node:stream';
import { DomainError, type Actor } from '@casebook/kernel';
import { stableId } from '@casebook/commands';
import { openDownload, type Download, type SealedObjects, type TusServer } from '@casebook/storage';
import { attachmentsFor, type TicketsQuery } from './tickets.query';
import type { Origin, TicketsService, Written } from './tickets.service';

/** Files of tickets: an upload becomes an attachment by an event, and every download leaves one (X12). */
export class AttachmentsService {
  constructor(
    private readonly tickets: TicketsService,
    private readonly query: TicketsQuery,
    private readonly uploads: Pick<TusServer, 'finishedUpload'>,
    private readonly objects: SealedObjects,
  ) {}

  /** Attaches a finished upload of the sender. The same upload again is the same attachment. */
  async attach(number: string, uploadId: string, origin: Origin): Promise<Written> {
    const attachmentId = stableId('attachment', number, uploadId);
    // First, since an upload is spent on the ticket it is meant for: a wrong number must not cost the file.
    await this.tickets.requireAttachable(number, attachmentId, origin.actor);
    const file = await this.uploads.finishedUpload(uploadId, personOf(origin.actor), number);
    const { objectName: object, wrappedKey, fileName, contentType, size, sha256 } = file;
    const written = await this.tickets.command(number, origin, {
      type: 'AttachFile',
      data: { attachmentId, fileName, contentType, size, sha256, object, wrappedKey },
    });
    return { ...written, body: { ...written.body, attachmentId } };
  }

  /** Opens a file for the actor and records who takes it, before the first byte leaves; asking for its headers takes nothing. */
  async download(
    number: string,
    attachmentId: string,
    range: { readonly range?: string | undefined; readonly ifRange?: string | undefined },
    origin: Origin,
    headersOnly = false,
  ): Promise<Download> {
    const ticket = await this.query.byNumber(number, origin.actor);
    const file = attachmentsFor(ticket, origin.actor).find(({ id }) => id === attachmentId);
    if (!file) throw new DomainError('missing', 'attachment.missing', 'This file does not exist.');
    const { object: objectName, ...rest } = file;
    const download = await openDownload(this.objects, { ...rest, objectName }, range);
    if (headersOnly) {
      download.body?.destroy();
      return { ...download, body: Readable.from([], { objectMode: false }) };
    }
    // Each part that is asked for counts: a range must not be a way around the record.
    if (download.body) {
      try {
        await this.tickets.recordDownload(ticket, attachmentId, origin);
      } catch (error) {
        download.body.destroy();
        throw error;
      }
    }
    return download;
  }
}

function personOf(actor: Actor): string {
  if (actor.kind === 'system') throw new DomainError('forbidden', 'attachment.person', 'Only a person attaches files.');
  return actor.personId;
}

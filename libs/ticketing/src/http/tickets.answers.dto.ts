/* Answers of the ticket routes, as the OpenAPI document shows them. */

export class NamedDto {
  id!: string;
  name!: string;
}

export class PersonDto {
  id!: string;
  /** Null after the person was erased. */
  name!: string | null;
  side!: 'customer' | 'vendor';
  /** A administers the subscription, U is a user. */
  role?: 'A' | 'U';
}

export class TicketCompanyDto extends NamedDto {
  /** IANA name. */
  timeZone!: string;
}

export class TicketProductDto extends NamedDto {
  version?: string;
}

export class TicketSummaryDto {
  id!: string;
  number!: string;
  type!: 'issue' | 'task';
  severity?: 'S1' | 'S2' | 'S3' | 'S4';
  subject!: string | null;
  status!: 'open' | 'awaiting_acceptance' | 'closed';
  stage!: 'triage' | 'mitigation' | 'resolution' | 'closed';
  /** Who owes the next reply (D13); absent once closed. */
  owes?: 'customer' | 'vendor' | 'third_party';
  owesSince?: string;
  owesReason?: string;
  service!: NamedDto;
  company!: TicketCompanyDto;
  products!: TicketProductDto[];
  requester!: string;
  assignee?: string;
  openedAt!: string;
  updatedAt!: string;
  /** Number of the last public entry. */
  entries!: number;
  /** S1 and S2 (R50). */
  priority!: boolean;
  /** Once closed. */
  closedAt?: string;
  /** Until just before when it can be reopened (R101); a follow-up ticket is for later. */
  reopenUntil?: string;
}

export class TicketListDto {
  items!: TicketSummaryDto[];
  /** Names by person id. */
  people!: Record<string, PersonDto>;
  nextCursor?: string;
  total?: number;
}

export class TicketHostDto {
  name!: string | null;
  role!: string | null;
}

export class ClosingDto {
  kind!: 'accepted' | 'withdrawn' | 'closed';
  code?: 'duplicate' | 'merged' | 'no_answer' | 'not_ours';
  reason?: string | null;
  by!: string;
}

export class OpenNeedDto {
  n!: number;
  text!: string | null;
  from!: 'customer' | 'vendor' | 'third_party';
  due?: string;
}

export class LastCanDto {
  id!: string;
  entry!: string;
  sequence!: number;
  at!: string;
  conditions!: string | null;
  actionsDone!: number;
  actionsInProgress!: number;
  actionsPlanned!: number;
  openNeeds!: OpenNeedDto[];
  nextReportDue?: string;
}

export class WorkaroundDto {
  id!: string;
  entry!: string;
  state!: 'proposed' | 'accepted' | 'declined' | 'applied' | 'worked' | 'failed';
  body!: string | null;
  at!: string;
  by!: string;
}

export class TicketResolutionDto {
  id!: string;
  entry!: string;
  state!: 'proposed' | 'accepted' | 'rejected';
  symptoms!: string | null;
  rootCause!: string | null;
  steps!: string | null;
  at!: string;
  by!: string;
}

export class OfferedHandoverDto {
  id!: string;
  from!: string;
  to!: string;
  note!: string | null;
  at?: string;
}

export class TicketAttachmentDto {
  id!: string;
  entry!: string;
  fileName!: string | null;
  contentType!: string;
  /** Bytes. */
  size!: number;
  /** Hex SHA-256 of the plain file. */
  sha256!: string;
  at!: string;
  by!: string;
}

export class ChainDto {
  entries!: number;
  revision?: number;
}

export class TicketDetailDto extends TicketSummaryDto {
  plan!: NamedDto;
  environment?: string | null;
  impact?: string | null;
  stepsTaken?: string | null;
  hosts?: TicketHostDto[];
  closing?: ClosingDto;
  lastCan?: LastCanDto;
  workaround?: WorkaroundDto;
  resolution?: TicketResolutionDto;
  /** For staff only. */
  handover?: OfferedHandoverDto;
  followUpOf?: string;
  followUps!: string[];
  attachments!: TicketAttachmentDto[];
  chain!: ChainDto;
  /** What you could do on this ticket now. */
  allowed!: string[];
}

export class TimelineEntryDto {
  id!: string;
  /** 7 for everybody, 7a for staff (D10). */
  number!: string;
  audience!: 'customer' | 'internal';
  at!: string;
  by!: string;
  side!: 'customer' | 'vendor';
  kind!: string;
  /** Differs by kind. */
  data!: Record<string, unknown>;
}

export class TimelineDto {
  /** Oldest first. */
  items!: TimelineEntryDto[];
  /** Leads to older entries. */
  nextCursor?: string;
}

export class TicketPageDto {
  ticket!: TicketDetailDto;
  timeline!: TimelineDto;
  people!: Record<string, PersonDto>;
}

export class TimelinePageDto extends TimelineDto {
  people!: Record<string, PersonDto>;
}

export class DownloadDto {
  at!: string;
  by!: string;
  attachmentId!: string;
  fileName!: string | null;
}

export class DownloadsDto {
  items!: DownloadDto[];
  people!: Record<string, PersonDto>;
}

export class TicketWrittenDto {
  id!: string;
  number!: string;
  entry?: string;
  attachmentId?: string;
  reportId?: string;
  workaroundId?: string;
  resolutionId?: string;
  handoverId?: string;
}

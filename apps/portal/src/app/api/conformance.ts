/* Holds the types that pages use against those generated from the server's OpenAPI document: a difference does not compile. */
import type { CanReportDto } from './generated/models/can-report-dto';
import type { CompaniesDto } from './generated/models/companies-dto';
import type { CollectionsDto } from './generated/models/collections-dto';
import type { DirectUploadDto } from './generated/models/direct-upload-dto';
import type { DownloadDto } from './generated/models/download-dto';
import type { PublicStatusDto } from './generated/models/public-status-dto';
import type { SystemStatusDto } from './generated/models/system-status-dto';
import type { MeDto } from './generated/models/me-dto';
import type { OpenTicketDto } from './generated/models/open-ticket-dto';
import type { TicketListDto } from './generated/models/ticket-list-dto';
import type { TicketPageDto } from './generated/models/ticket-page-dto';
import type { TicketWrittenDto } from './generated/models/ticket-written-dto';
import type { UsersDto } from './generated/models/users-dto';
import type {
  Collection,
  Company,
  DirectUpload,
  Download,
  Me,
  NewCanReport,
  NewTicket,
  PublicStatus,
  SystemStatus,
  TicketList,
  TicketPageAnswer,
  TicketWritten,
  Users,
} from './types';

/** Compiles only where every value of `From` is one of `To`. Optional fields of the generated types may be undefined. */
type Fits<From extends To, To> = [From, To];
/** The generator writes optional fields without exactness; ours say "absent". */
type Loose<T> = T extends readonly (infer E)[]
  ? readonly Loose<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Loose<T[K]> | (undefined extends T[K] ? undefined : never) }
    : T;

/** What the server answers fits what pages read; what pages send fits what the server takes. */
export type Conforms = [
  Fits<MeDto, Loose<Me>>,
  Fits<UsersDto, Loose<Users>>,
  Fits<CompaniesDto['items'], readonly Loose<Company>[]>,
  Fits<TicketListDto, Loose<TicketList>>,
  Fits<TicketPageDto, Loose<TicketPageAnswer>>,
  Fits<TicketWrittenDto, Loose<TicketWritten>>,
  Fits<CollectionsDto['items'], readonly Loose<Collection>[]>,
  Fits<DirectUploadDto, Loose<DirectUpload>>,
  Fits<DownloadDto, Loose<Download>>,
  Fits<SystemStatusDto, Loose<SystemStatus>>,
  Fits<PublicStatusDto, Loose<PublicStatus>>,
  Fits<NewTicket, Loose<OpenTicketDto>>,
  Fits<NewCanReport, Loose<CanReportDto>>,
];

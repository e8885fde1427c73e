/* Answers of the status routes, as the OpenAPI document shows them. */

export class ParkedDto {
  stream!: string;
  eventId!: string;
  reason!: string;
}
export class ViewStatusDto {
  name!: string;
  /** `parked`: it follows the record, but for some streams. */
  state!: 'live' | 'filling' | 'behind' | 'parked';
  /** 500 stands for 500 or more. */
  eventsBehind!: number;
  /** Age of the oldest event that it has not handled. */
  secondsBehind!: number;
  /** Seconds behind every 30 s of the last hour, oldest first. */
  lag!: number[];
  /** The instance that writes it. */
  owner?: string;
  parked!: ParkedDto[];
  problem?: string;
}
export class RecordDto {
  /** Events up to the head, as far as it was checked. */
  events!: number;
  head!: string;
  /** Whether the last check held, and when that was (ISO). Checks follow the record every ten minutes. */
  holds!: boolean;
  checkedAt?: string;
  finding?: string;
  /** True when signed heads are kept in a place of their own. */
  keptElsewhere!: boolean;
}
export class EnginesDto {
  log!: string;
  readModels!: string;
  state!: string;
  keys!: string;
  files!: string;
  search!: string;
}
export class EndingSubscriptionDto {
  companyId!: string;
  company!: string;
  service!: string;
  /** ISO. */
  until!: string;
  daysLeft!: number;
  openTickets!: number;
  accountOwner?: string;
}
export class SystemStatusDto {
  /** ISO. */
  asOf!: string;
  instance!: string;
  /** ISO; when this instance started. */
  upSince!: string;
  /** Browsers that follow changes at this instance. */
  connections!: number;
  freeBytes!: number;
  views!: ViewStatusDto[];
  record!: RecordDto;
  engines!: EnginesDto;
  /** Subscriptions that end within 90 days, the nearest first. */
  endingSubscriptions!: EndingSubscriptionDto[];
  signIn!: 'ready' | 'waiting' | 'unavailable';
}

export class PartDto {
  name!: string;
  state!: 'working' | 'behind' | 'unavailable';
  /** In plain words. */
  says!: string;
}
export class PublicStatusDto {
  asOf!: string;
  /** The worst of the parts. */
  state!: 'working' | 'behind' | 'unavailable';
  parts!: PartDto[];
}
export class RebuildStartedDto {
  name!: string;
}

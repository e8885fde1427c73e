/* Shapes of the API's answers and bodies. Times are ISO in UTC. */

export type Severity = 'S1' | 'S2' | 'S3' | 'S4';
export type Side = 'customer' | 'vendor' | 'third_party';
export type Stage = 'triage' | 'mitigation' | 'resolution' | 'closed';
export type Status = 'open' | 'awaiting_acceptance' | 'closed';
export type Audience = 'customer' | 'internal';

export interface Ref {
  readonly id: string;
  readonly name: string;
}
export interface Person {
  readonly id: string;
  /** Null after the person was erased. */
  readonly name: string | null;
  readonly side: 'customer' | 'vendor';
  readonly role?: 'A' | 'U';
}
export type People = Readonly<Record<string, Person>>;

export interface MyService extends Ref {
  readonly kind: 'support' | 'managed';
  readonly takesTasks: boolean;
  readonly plan: Ref;
  readonly until: string;
}
export interface Me extends Ref {
  readonly email: string;
  readonly kind: 'customer' | 'staff';
  readonly roles: readonly string[];
  readonly company?: Ref & {
    readonly plan: Ref;
    readonly timeZone: string;
    readonly contacts: number;
    readonly contactLimit: number;
  };
  readonly companies: readonly Ref[];
  readonly services: readonly MyService[];
  readonly demo: boolean;
}

export interface Product extends Ref {
  readonly vendorDeveloped: boolean;
  readonly versions: readonly string[];
}
export interface Service extends Ref {
  readonly kind: 'support' | 'managed';
  readonly description: string;
  readonly takesTasks: boolean;
}
export interface Target {
  readonly value: number;
  readonly unit: 'clock_hours' | 'business_hours' | 'business_days';
}
export interface Plan extends Ref {
  readonly description: string;
  readonly services: readonly string[];
  readonly software: readonly string[];
  readonly targets: readonly {
    readonly severity: Severity;
    readonly firstResponse?: Target;
    readonly update?: Target;
  }[];
  readonly contactLimit: number;
  readonly reopenHours: number;
  readonly noAnswerDays: number;
  readonly yours?: boolean;
}
export interface SeverityDefinition {
  readonly id: Severity;
  readonly name: string;
  readonly priority: boolean;
  readonly definition: string;
  readonly example: string;
}
export interface User {
  readonly id: string;
  readonly name: string | null;
  readonly email?: string | null;
  readonly side: 'customer' | 'vendor';
  readonly role?: 'A' | 'U';
  readonly roles?: readonly string[];
  readonly status?: 'invited' | 'active' | 'locked' | 'requested';
  readonly locked?: boolean;
  readonly timeZone?: string | null;
  readonly place?: string | null;
  readonly phone?: string | null;
}
export interface Users {
  readonly items: readonly User[];
  readonly contacts?: number;
  readonly contactLimit?: number;
}
export interface Company extends Ref {
  readonly plan?: Ref;
  readonly timeZone: string;
  readonly contacts: number;
  readonly contactLimit: number;
  readonly accountOwner?: string;
}

export interface TicketProduct extends Ref {
  readonly version?: string;
}
export interface TicketSummary {
  readonly id: string;
  readonly number: string;
  readonly type: 'issue' | 'task';
  readonly severity?: Severity;
  readonly subject: string | null;
  readonly status: Status;
  readonly stage: Stage;
  readonly owes?: Side;
  readonly owesSince?: string;
  readonly owesReason?: string;
  readonly service: Ref;
  readonly company: Ref & { readonly timeZone: string };
  readonly products: readonly TicketProduct[];
  readonly requester: string;
  readonly assignee?: string;
  readonly openedAt: string;
  readonly updatedAt: string;
  /** Number of the last public entry. */
  readonly entries: number;
  readonly priority: boolean;
  /** Once closed. */
  readonly closedAt?: string;
  /** Until when it can be reopened, once closed. */
  readonly reopenUntil?: string;
}
export interface TicketList {
  readonly items: readonly TicketSummary[];
  readonly people: People;
  readonly nextCursor?: string;
  readonly total?: number;
}
export interface Attachment {
  readonly id: string;
  readonly entry: string;
  readonly fileName: string | null;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
  readonly at: string;
  readonly by: string;
}
export interface CanNeed {
  readonly n: number;
  readonly text: string | null;
  readonly from: Side;
  readonly due?: string;
}
export interface CanAction {
  readonly text: string | null;
  readonly owner?: string | null;
  readonly status: 'planned' | 'in_progress' | 'done';
  readonly eta?: string;
}
export interface LastCan {
  readonly id: string;
  readonly entry: string;
  readonly sequence: number;
  readonly at: string;
  readonly conditions: string | null;
  readonly actionsDone: number;
  readonly actionsInProgress: number;
  readonly actionsPlanned: number;
  readonly openNeeds: readonly CanNeed[];
  readonly nextReportDue?: string;
}
export interface Workaround {
  readonly id: string;
  readonly entry: string;
  readonly state: 'proposed' | 'accepted' | 'declined' | 'applied' | 'worked' | 'failed';
  readonly body: string | null;
  readonly at: string;
  readonly by: string;
}
export interface Resolution {
  readonly id: string;
  readonly entry: string;
  readonly state: 'proposed' | 'accepted' | 'rejected';
  readonly symptoms: string | null;
  readonly rootCause: string | null;
  readonly steps: string | null;
  readonly at: string;
  readonly by: string;
}
export interface Ticket extends TicketSummary {
  readonly plan: Ref;
  readonly environment?: string | null;
  readonly impact?: string | null;
  readonly stepsTaken?: string | null;
  readonly hosts?: readonly { readonly name: string | null; readonly role: string | null }[];
  readonly reopenUntil?: string;
  readonly closedAt?: string;
  readonly closing?: {
    readonly kind: 'accepted' | 'withdrawn' | 'closed';
    readonly code?: string;
    readonly reason?: string | null;
    readonly by: string;
  };
  readonly lastCan?: LastCan;
  readonly workaround?: Workaround;
  readonly resolution?: Resolution;
  readonly handover?: {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly note: string | null;
    readonly at?: string;
  };
  readonly followUpOf?: string;
  readonly followUps: readonly string[];
  readonly attachments: readonly Attachment[];
  readonly chain: { readonly entries: number; readonly revision?: number };
  readonly allowed: readonly string[];
}
/** One numbered entry; `data` differs by `kind` (see entry-data.ts). */
export interface Entry {
  readonly id: string;
  readonly number: string;
  readonly audience: Audience;
  readonly at: string;
  readonly by: string;
  readonly side: 'customer' | 'vendor';
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}
export interface Timeline {
  readonly items: readonly Entry[];
  readonly nextCursor?: string;
}
export interface TicketPageAnswer {
  readonly ticket: Ticket;
  readonly timeline: Timeline;
  readonly people: People;
}
export interface TicketWritten {
  readonly id: string;
  readonly number: string;
  readonly entry?: string;
  readonly attachmentId?: string;
  readonly reportId?: string;
  readonly workaroundId?: string;
  readonly resolutionId?: string;
  readonly handoverId?: string;
}
export interface NewTicket {
  readonly service: string;
  readonly type: 'issue' | 'task';
  readonly severity?: Severity;
  readonly products: readonly { readonly id: string; readonly version?: string }[];
  readonly subject: string;
  readonly description: string;
  readonly environment?: string;
  readonly impact?: string;
  readonly hosts?: readonly { readonly name: string; readonly role: string }[];
  readonly stepsTaken?: string;
}
export interface NewCanReport {
  readonly audience: Audience;
  readonly conditions: string;
  readonly impact?: string;
  readonly since?: string;
  readonly actions: readonly { text: string; owner?: string; status?: CanAction['status']; eta?: string }[];
  readonly needs: readonly { text: string; from: Side; due?: string }[];
  readonly nextReportDue?: string;
}
export interface Download {
  readonly at: string;
  readonly by: string;
  readonly attachmentId: string;
  readonly fileName: string | null;
}
export interface SearchHit {
  readonly kind: string;
  readonly id: string;
  readonly number?: string;
  readonly title: string;
  readonly excerpt?: string;
  /** Start and end of each match in the excerpt. */
  readonly marks?: readonly (readonly number[])[];
}

/** Problem details (RFC 9457), as every error is answered. */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fields?: readonly { readonly path: string; readonly message: string }[];
  readonly correlationId?: string;
}

/** How the installation is, for administrators. */
export interface SystemStatus {
  readonly asOf: string;
  readonly instance: string;
  readonly upSince: string;
  readonly connections: number;
  readonly freeBytes: number;
  readonly views: readonly {
    readonly name: string;
    readonly state: 'live' | 'filling' | 'behind' | 'parked';
    readonly eventsBehind: number;
    readonly secondsBehind: number;
    readonly lag: readonly number[];
    readonly owner?: string;
    readonly parked: readonly { readonly stream: string; readonly eventId: string; readonly reason: string }[];
    readonly problem?: string;
  }[];
  readonly record: {
    readonly events: number;
    readonly head: string;
    readonly holds: boolean;
    readonly checkedAt?: string;
    readonly finding?: string;
    readonly keptElsewhere: boolean;
  };
  readonly engines: Readonly<Record<'log' | 'readModels' | 'state' | 'keys' | 'files' | 'search', string>>;
  readonly endingSubscriptions: readonly {
    readonly companyId: string;
    readonly company: string;
    readonly service: string;
    readonly until: string;
    readonly daysLeft: number;
    readonly openTickets: number;
    readonly accountOwner?: string;
  }[];
  readonly signIn: 'ready' | 'waiting' | 'unavailable';
}
/** What works, for everybody. */
export interface PublicStatus {
  readonly asOf: string;
  readonly state: 'working' | 'behind' | 'unavailable';
  readonly parts: readonly { readonly name: string; readonly state: PublicStatus['state']; readonly says: string }[];
}

/** What it takes to seal a file and to put its parts into the store of files. */
export interface DirectUpload {
  readonly id: string;
  readonly objectName: string;
  readonly key: string;
  readonly session: number;
  readonly size: number;
  readonly partChunks: number;
  readonly have: readonly number[];
}

/** A file that a collector sent with the person's token. */
export interface Collection {
  readonly uploadId: string;
  readonly fileName: string;
  readonly size: number;
  readonly sha256: string;
  readonly receivedAt: string;
  /** The ticket that it was attached to. */
  readonly attachedTo?: string;
}

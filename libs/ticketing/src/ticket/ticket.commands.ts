import type { Command } from '@casebook/kernel';
import type { CLOSING_CODES, CanAction, CanNeed, HostRef, ProductRef, Severity, Side, Terms } from './ticket.events';

/** What a ticket says when it is opened. */
export interface TicketBody {
  readonly type: 'issue' | 'task';
  readonly severity?: Severity;
  readonly products: readonly ProductRef[];
  readonly subject: string;
  readonly description: string;
  readonly environment?: string;
  readonly impact?: string;
  readonly stepsTaken?: string;
  readonly hosts?: readonly HostRef[];
}

export type LifecycleCommand =
  | Command<
      'OpenTicket',
      TicketBody & {
        readonly number: string;
        readonly companyId: string;
        readonly serviceId: string;
        /** Whether the service takes tasks as well as issues (R60, D8). */
        readonly takesTasks: boolean;
        readonly terms: Terms;
        readonly followUpOf?: { readonly ticketId: string; readonly number: string };
      }
    >
  | Command<'ChangeSeverity', { readonly severity: Severity; readonly reason: string }>
  | Command<'MoveStage', { readonly stage: 'mitigation' | 'resolution'; readonly reason?: string }>
  | Command<'WithdrawTicket', { readonly reason: string }>
  | Command<'CloseTicket', { readonly code: (typeof CLOSING_CODES)[number]; readonly reason: string }>
  | Command<'ReopenTicket', { readonly reason: string }>
  | Command<'LinkFollowUp', { readonly ticketId: string; readonly number: string }>;

export type ConversationCommand =
  | Command<'PostReply', { readonly body: string; readonly owes?: Side }>
  | Command<'AddNote', { readonly body: string }>
  | Command<
      'AttachFile',
      {
        readonly attachmentId: string;
        readonly fileName: string;
        readonly contentType: string;
        readonly size: number;
        readonly sha256: string;
        readonly object: string;
        readonly wrappedKey: string;
      }
    >
  | Command<
      'FileCanReport',
      {
        readonly audience: 'customer' | 'internal';
        readonly conditions: string;
        readonly impact?: string;
        readonly since?: string;
        readonly actions: readonly CanAction[];
        readonly needs: readonly Omit<CanNeed, 'n' | 'carried'>[];
        readonly nextReportDue?: string;
      }
    >
  | Command<'MeetNeed', { readonly reportId: string; readonly n: number }>;

export type RemedyCommand =
  | Command<'ProposeWorkaround', { readonly body: string }>
  | Command<'AcceptWorkaround', { readonly workaroundId: string }>
  | Command<'DeclineWorkaround', { readonly workaroundId: string; readonly reason: string }>
  | Command<'MarkWorkaroundApplied', { readonly workaroundId: string }>
  | Command<'MarkWorkaroundWorked', { readonly workaroundId: string }>
  | Command<'MarkWorkaroundFailed', { readonly workaroundId: string; readonly reason?: string }>
  | Command<'ProposeResolution', { readonly symptoms: string; readonly rootCause: string; readonly steps: string }>
  | Command<'AcceptResolution', { readonly resolutionId: string }>
  | Command<'RejectResolution', { readonly resolutionId: string; readonly reason: string }>;

export type OwnershipCommand =
  /** `engineer`: whether the assignee is an engineer who is not locked; the handler looks it up. */
  | Command<'AssignTicket', { readonly assignee: string; readonly engineer: boolean }>
  | Command<'OfferHandover', { readonly to: string; readonly engineer: boolean; readonly note: string }>
  | Command<'AcceptHandover', { readonly handoverId: string }>
  | Command<'DeclineHandover', { readonly handoverId: string; readonly note?: string }>;

export type TicketCommandBody = LifecycleCommand | ConversationCommand | RemedyCommand | OwnershipCommand;
export type TicketCommandType = TicketCommandBody['type'];

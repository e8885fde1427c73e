export { AttachmentsService } from './attachments.service';
export { AttachmentsController } from './http/attachments.controller';
export { accessCatalog } from './access/access';
export { TicketsController } from './http/tickets.controller';
export { AccessLogCommand, createAccessAggregate, createTicketAggregate, TicketCommand } from './ticket.aggregate';
export type { AccessAggregate, TicketAggregate } from './ticket.aggregate';
export { audienceOf, ticketCatalog, ticketEventTypes, type TicketEvent } from './ticket/ticket.events';
export { attachmentsFor, TicketsQuery } from './tickets.query';
export {
  scopeOf,
  TicketsService,
  type NewTicket,
  type Origin,
  type TicketWritten,
  type Written,
} from './tickets.service';
export type { TicketCommandBody } from './ticket/ticket.commands';
export * from './views/downloads.view';
export * from './views/tickets.view';
export * from './views/timeline.view';
export { ticketSearchSource } from './views/tickets.search';

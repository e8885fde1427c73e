/** What other contexts and applications may know of tickets. */
export type { Severity, Side, Stage } from './ticket/ticket.events';

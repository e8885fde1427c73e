export type { EventCatalog, EventType } from '@casebook/kernel';

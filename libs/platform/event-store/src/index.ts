export * from './event-catalog';
export * from './event-log';
export * from './event-store';
export * from './create-event-log';
export * from './chain';
export { LOG_FILE, openSqliteEventStore, type SqliteEventStoreOptions } from './sqlite/sqlite-event-store';

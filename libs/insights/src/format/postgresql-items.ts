import { activityItems } from './activity-items';
import { databaseItems } from './database-items';
import { instanceItems } from './instance-items';

/** Items of one PostgreSQL instance and of its databases. */
export const postgresqlItems = { ...instanceItems, ...activityItems, ...databaseItems } as const;

export * from './backup-state';
export * from './copy-records';
export * from './mongodb/mongo-state-store';
export * from './sqlite-state-store';
export * from './state-store';
export * from './lease';

export * from './backup-state';
export * from './sqlite-state-store';
export * from './state-store';
export * from './lease';

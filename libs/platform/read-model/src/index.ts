export * from './read-model';
export * from './sqlite/sqlite-read-models';
export type { ScanPolicy } from './sqlite/scan-guard';

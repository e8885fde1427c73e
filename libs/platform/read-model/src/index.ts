export * from './read-model';
export * from './sqlite/sqlite-read-models';
export type { ScanPolicy } from './sqlite/scan-guard';
export * from './runner/fill';
export * from './runner/fill-worker';
export * from './runner/pace';
export * from './runner/projection-runner';
export * from './runner/projection-view';
export * from './runner/view';

export * from './open-database';
export * from './lock-data-directory';
export * from './sqlite-code';

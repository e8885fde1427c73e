export * from './mongo-connection';
export * from './mongo-failure';
export * from './retrying';

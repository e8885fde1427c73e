export * from './fields';
export * from './position-seal';
export * from './problem';
export * from './problem.filter';
export * from './sender';
export * from './validation';
export { sharedRateLimit } from './shared-rate-limit';

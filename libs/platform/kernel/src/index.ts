export * from './actor';
export * from './event-catalog';
export * from './decider';
export * from './errors';
export * from './events';
export * from './projection';

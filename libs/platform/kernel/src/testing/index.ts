export * from './given';
export * from './strings';

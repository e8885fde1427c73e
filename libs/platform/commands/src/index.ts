export * from './aggregate';
export * from './envelope';

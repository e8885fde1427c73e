export * from './aggregate';
export * from './envelope';
export * from './nest';
export * from './observed';

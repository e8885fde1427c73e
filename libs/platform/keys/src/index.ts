export * from './keyring';
export * from './open-keyring';

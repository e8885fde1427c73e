export * from './blob-store';
export * from './copy-objects';
export * from './download';
export * from './file-blob-store';
export * from './file-name';
export * from './mount-tus';
export { SealedObjects, type StoredObject } from './sealed-objects';
export * from './tus-server';
export { EXPIRY_MS, type FinishedUpload } from './uploads';

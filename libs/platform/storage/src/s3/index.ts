export { allowOrigin, openS3BlobStore } from './s3-blob-store';

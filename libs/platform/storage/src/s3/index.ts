export { openS3BlobStore } from './s3-blob-store';

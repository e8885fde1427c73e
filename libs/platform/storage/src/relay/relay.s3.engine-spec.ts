import { createHash, randomBytes } from 'node:crypto';
import type { BlobStore } from '../blob-store';
import { openS3BlobStore } from '../s3';
import { SealedObjects } from '../sealed-objects';
import { openFixture, type Fixture } from '../testing/fixtures';
import { Uploads } from '../uploads';
import { Relay } from './relay';

const setting = (name: string): string => process.env[name] ?? '';
const options = {
  endpoint: setting('S3_ENDPOINT'),
  region: setting('S3_REGION'),
  bucket: setting('S3_BUCKET'),
  accessKeyId: setting('S3_ACCESS_KEY_ID'),
  secretAccessKey: setting('S3_SECRET_ACCESS_KEY'),
};
const MIB = 1024 * 1024;

describe('a collection that is passed on to S3', () => {
  let fixture: Fixture;
  let blobs: BlobStore;
  let relay: Relay;
  let uploads: Uploads;
  beforeAll(async () => {
    blobs = await openS3BlobStore(options);
    for await (const { name } of blobs.list()) await blobs.delete(name);
    fixture = await openFixture();
    const { state, keyring } = fixture;
    relay = new Relay({ blobs, state, keyring });
    uploads = new Uploads({ blobs, state, keyring });
  });
  afterAll(async () => {
    await fixture.close();
  });

  const receive = (bytes: Buffer, sent = bytes) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const pieces = Array.from({ length: Math.ceil(sent.length / MIB) }, (_, at) =>
      sent.subarray(at * MIB, (at + 1) * MIB),
    );
    return relay.receive('ada', { fileName: 'db1.tar.bz2', contentType: undefined, sha256 }, pieces);
  };
  const names = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { name } of blobs.list()) found.push(name);
    return found;
  };

  it.each([1, 15_000, 8 * MIB, 20 * MIB + 1])('comes back as it was: %d bytes', async (size) => {
    const bytes = randomBytes(size);
    const { collection } = await receive(bytes);
    const parts: Buffer[] = [];
    const object = await uploads.finished(collection.uploadId, 'ada');
    for await (const part of new SealedObjects(blobs, fixture.keyring).read(object)) parts.push(part);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    expect((await receive(bytes)).isNew).toBe(false);
  });

  it('leaves nothing in the bucket when it is damaged', async () => {
    const before = await names();
    const bytes = randomBytes(20 * MIB);
    await expect(receive(bytes, bytes.subarray(1))).rejects.toMatchObject({ code: 'collection.damaged' });
    expect(await names()).toEqual(before);
  });
});

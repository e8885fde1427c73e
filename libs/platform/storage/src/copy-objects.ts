import type { BlobStore } from './blob-store';

/**
 * Writes every finished object of one store into another, as it lies there, sealed. What is there already with the same
 * size is left alone, since objects never change: it can be repeated after it was cut short. Answers what there is.
 */
export async function copyObjects(
  from: BlobStore,
  to: BlobStore,
  onObject: (name: string) => void = () => undefined,
): Promise<{ objects: number; bytes: number }> {
  const total = { objects: 0, bytes: 0 };
  for await (const { name, size, finished } of from.list()) {
    if (!finished) continue;
    if ((await to.size(name)) !== size) await copy(from, to, name, size);
    total.objects++;
    total.bytes += size;
    onObject(name);
  }
  return total;
}

async function copy(from: BlobStore, to: BlobStore, name: string, size: number): Promise<void> {
  const writer = await to.open(name, 0);
  try {
    for await (const bytes of from.read(name, 0, size)) await writer.write(bytes);
    await writer.sync();
  } finally {
    await writer.close();
  }
  await to.finish(name);
}

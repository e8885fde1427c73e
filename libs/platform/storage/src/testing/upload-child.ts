// Serves uploads into a data directory until it is killed; prints its URL.
import { openFixture } from './fixtures';
import { startUploadApp } from './upload-app';

async function main(): Promise<void> {
  const { url } = await startUploadApp(await openFixture(process.argv[2]));
  process.stdout.write(`${url}\n`);
}

void main();

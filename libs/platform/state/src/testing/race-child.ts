// Claims, counts and raises against a store that another process uses at the same time.
import type { StateStore } from '../state-store';
import { race } from './race';

const [, , opener = '', place = '', name = ''] = process.argv;

async function main(): Promise<void> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the module to open is an argument
  const { open } = require(opener) as { open: (place: string) => Promise<StateStore> };
  const store = await open(place);
  process.stdout.write('ready\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdout.write(`${JSON.stringify(await race(store, name))}\n`);
  await store.close();
  process.exit(0);
}

void main();

// Writes until it is killed, and prints how many writes were acknowledged.
import { openSqliteStateStore } from '../sqlite-state-store';

async function main(): Promise<void> {
  const store = openSqliteStateStore(process.argv[2] ?? '');
  for (let n = 1; ; n++) {
    await store.set('s', `k${String(n).padStart(6, '0')}`, n);
    process.stdout.write(`${n}\n`);
  }
}

void main();

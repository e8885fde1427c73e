import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DomainError } from '@casebook/kernel';
import { checkCheckpoints, exportLog, importLog, type Verdict, verifyInWorker, verifyLog } from '@casebook/event-store';
import type { Command } from 'commander';
import { openLogToRead, openPlatform } from '../../api/src/platform';
import { pathsIn } from '../../api/src/paths';
import { ticketsModel } from '@casebook/ticketing';
import { cliConfig, eventsSaid, print, requireData, say, type CliConfig } from './context';

/** `audit verify` and `log export`, which read beside a running Casebook, and `log import`. */
export function registerAudit(program: Command): void {
  program
    .command('audit')
    .description('the record itself')
    .command('verify')
    .description('check the hash chain of every stream and of the whole log; exit 0 when it holds, 1 when not')
    .option('--ticket <number>', 'check the stream of this ticket alone (CB-1042)')
    .option('--checkpoints <file>', 'check that the log goes through the signed checkpoints of this file too')
    .option('--public-key <key>', 'that they were signed by this key (base64), as noted when they were first kept')
    .option('--json', 'print the verdict as JSON')
    .action(verify);
  const log = program.command('log').description('the event log');
  log
    .command('export')
    .description('write the whole log to standard output, one event a line (NDJSON), sealed as it is stored')
    .action(exportAll);
  log
    .command('import <file>')
    .description(
      'write an exported log into an empty one, with order, ids, times and hashes as they were; - is standard input',
    )
    .action(importAll);
}

interface VerifyOptions {
  readonly ticket?: string;
  readonly checkpoints?: string;
  readonly publicKey?: string;
  readonly json?: true;
}

async function verify(options: VerifyOptions): Promise<void> {
  const config = cliConfig();
  requireData(config);
  const stream = options.ticket === undefined ? undefined : await streamOf(options.ticket, config);
  const chain = await verifyChain(config, stream);
  const verdict =
    options.checkpoints === undefined || !chain.ok
      ? chain
      : await throughCheckpoints(chain, config, options.checkpoints, options.publicKey);
  print(options.json === true ? JSON.stringify(verdict, null, 2) : inWords(verdict));
  if (!verdict.ok) process.exitCode = 1;
}

/** On SQLite together with its own check of the file, and against the head that the server noted. */
async function verifyChain(config: CliConfig, stream: string | undefined): Promise<Verdict> {
  if (config.engines.eventStoreDb === undefined) {
    const { log: directory, head: checkpointFile } = pathsIn(config.dataDirectory);
    return verifyInWorker({ directory, ...(stream === undefined ? { checkpointFile } : { stream }) });
  }
  const store = await openLogToRead(config);
  try {
    return await verifyLog(store, stream === undefined ? {} : { stream });
  } finally {
    await store.close();
  }
}

async function throughCheckpoints(
  chain: Verdict,
  config: CliConfig,
  file: string,
  publicKey: string | undefined,
): Promise<Verdict> {
  requireFile(file);
  const store = await openLogToRead(config);
  try {
    const result = await checkCheckpoints(store, readFileSync(file, 'utf8').split('\n'), publicKey);
    if (result.finding) return { ...chain, ok: false, findings: [result.finding] };
    say(`${result.checked} signed checkpoints agree. They were signed by ${result.publicKey ?? 'nobody'}.`);
    return chain;
  } finally {
    await store.close();
  }
}

function requireFile(file: string): void {
  if (!existsSync(file)) throw new DomainError('missing', 'file.missing', `There is no file ${file}.`);
}

function inWords({ ok, events, streams, head, findings }: Verdict): string {
  if (ok) {
    const global = head === undefined ? '' : ` Head ${head.head.slice(0, 16)}…`;
    return `The chain holds: ${events} events in ${streams} streams.${global}`;
  }
  return findings
    .map(({ kind, message, stream, revision, id }) => {
      const where = stream === undefined ? '' : ` (stream ${stream}, revision ${revision ?? '?'}, event ${id ?? '?'})`;
      return `${kind}: ${message}${where}`;
    })
    .join('\n');
}

/** The number stands in the event that opened the ticket; the view is asked, since the log is ordered by time. */
async function streamOf(number: string, config: CliConfig): Promise<string> {
  const platform = await openPlatform({ ...config, readonly: true });
  try {
    const tickets = await platform.readModels.reader<{ id: string }>(ticketsModel);
    const found = await tickets.find({ kind: 'staff' }, { filter: { where: { number } }, limit: 1 });
    const id = found.items[0]?.id;
    if (id === undefined) throw new DomainError('missing', 'ticket.missing', `There is no ticket ${number}.`);
    return `ticket-${id}`;
  } finally {
    await platform.close();
  }
}

async function exportAll(): Promise<void> {
  const config = cliConfig();
  requireData(config);
  const store = await openLogToRead(config);
  try {
    const { events } = await exportLog(store, process.stdout);
    say(`${events} events.`);
  } finally {
    await store.close();
  }
}

async function importAll(file: string): Promise<void> {
  if (file !== '-') requireFile(file);
  const platform = await openPlatform(cliConfig());
  const input = file === '-' ? process.stdin : createReadStream(file);
  try {
    const { count, head } = await importLog(platform.store, createInterface({ input }), eventsSaid());
    print(`${count} events. Head ${head.slice(0, 16)}…`);
  } finally {
    input.destroy();
    await platform.close();
  }
}

import 'reflect-metadata';
import { DomainError } from '@casebook/kernel';
import { Command } from 'commander';
import { ConfigError } from '../../api/src/config';

interface Group {
  readonly register: (program: Command) => void;
}

/** The commands by their first word. Each loads only what it needs. */
const GROUPS: Readonly<Record<string, () => Promise<Group>>> = {
  token: async () => ({ register: (await import('./people.js')).registerPeople }),
  staff: async () => ({ register: (await import('./people.js')).registerPeople }),
  person: async () => ({ register: (await import('./people.js')).registerPeople }),
  audit: async () => ({ register: (await import('./audit.js')).registerAudit }),
  log: async () => ({ register: (await import('./audit.js')).registerAudit }),
  projections: async () => ({ register: (await import('./projections.js')).registerProjections }),
  backup: async () => ({ register: (await import('./backup.js')).registerBackup }),
  restore: async () => ({ register: (await import('./backup.js')).registerBackup }),
  move: async () => ({ register: (await import('./move.js')).registerMove }),
  reset: async () => ({ register: (await import('./backup.js')).registerBackup }),
  insights: async () => ({ register: (await import('./insights.js')).registerInsights }),
};

async function main(): Promise<void> {
  const program = new Command('casebook')
    .description('Commands for whoever runs Casebook. Settings come from the environment; see the README.')
    .showHelpAfterError('(add --help for what it takes)');
  const asked = GROUPS[process.argv[2] ?? ''];
  // Whoever names no known command gets the help, which names all of them.
  const groups = asked ? [asked] : Object.values(GROUPS);
  const registers = new Set((await Promise.all(groups.map((group) => group()))).map(({ register }) => register));
  for (const register of registers) register(program);
  await program.parseAsync();
}

main().catch((error: unknown) => {
  const known = error instanceof DomainError || error instanceof ConfigError;
  const text = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});

import 'reflect-metadata';
import { DomainError } from '@casebook/kernel';
import { Command } from 'commander';
import { ConfigError } from '../../api/src/config';
import { registerAudit } from './audit';
import { registerBackup } from './backup';
import { registerInsights } from './insights';
import { registerPeople } from './people';
import { registerProjections } from './projections';

const program = new Command('casebook')
  .description('Commands for whoever runs Casebook. Settings come from the environment; see the README.')
  .showHelpAfterError('(add --help for what it takes)')
  .configureHelp({ showGlobalOptions: true });

registerPeople(program);
registerAudit(program);
registerProjections(program);
registerBackup(program);
registerInsights(program);

program.parseAsync().catch((error: unknown) => {
  const known = error instanceof DomainError || error instanceof ConfigError;
  const text = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});

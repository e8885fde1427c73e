import { DomainError } from '@casebook/kernel';
import type { Command } from 'commander';
import { openPlatform, PROJECTIONS } from '../../api/src/platform';
import { createServices } from '../../api/src/services';
import { cliConfig, print, requireData, say } from './context';

/** `projections list`, `projections rebuild`. */
export function registerProjections(program: Command): void {
  const projections = program
    .command('projections')
    .description('read models: what the screens show, derived from the log');
  projections
    .command('list')
    .description('each read model with its position and how far it is behind; safe while Casebook runs')
    .option('--json', 'print as JSON')
    .action(list);
  projections
    .command('rebuild')
    .argument('<name>', 'its name, or all')
    .description('fold it anew from the start of the log, and swap it in; Casebook must not be running')
    .action(rebuild);
}

async function list(options: { json?: true }): Promise<void> {
  const config = cliConfig();
  requireData(config);
  const platform = await openPlatform({ ...config, readonly: true });
  try {
    const end = await platform.log.end();
    const rows = [];
    for (const { definition } of PROJECTIONS) {
      const checkpoint = await (await platform.readModels.writer(definition))?.checkpoint();
      rows.push({
        name: definition.name,
        version: definition.version,
        checkpoint: checkpoint ?? null,
        end: end ?? null,
      });
    }
    const search = await (await platform.search.view.open())?.checkpoint();
    rows.push({ name: platform.search.view.name, version: 1, checkpoint: search ?? null, end: end ?? null });
    print(
      options.json === true
        ? JSON.stringify(rows, null, 2)
        : rows
            .map(
              ({ name, version, checkpoint }) =>
                `${name.padEnd(12)} version ${version}  ${checkpoint === (end ?? null) ? 'up to date' : `at ${checkpoint ?? 'the start'}`}`,
            )
            .join('\n'),
    );
  } finally {
    await platform.close();
  }
}

async function rebuild(name: string): Promise<void> {
  const config = cliConfig();
  requireData(config);
  const platform = await openPlatform(config);
  try {
    const known = [...PROJECTIONS.map(({ definition }) => definition.name), platform.search.view.name];
    const names = name === 'all' ? known : [name];
    if (!names.every((one) => known.includes(one))) {
      throw new DomainError(
        'missing',
        'projection.unknown',
        `There is no read model ${name}; there are ${known.join(', ')}, or all.`,
      );
    }
    const { runner } = await createServices(platform, config, (message, error) => {
      say(`${message}: ${String(error)}`);
    });
    await runner.start();
    await runner.rebuild(...names);
    await runner.stop();
    say(`Rebuilt: ${names.join(', ')}.`);
  } finally {
    await platform.close();
  }
}

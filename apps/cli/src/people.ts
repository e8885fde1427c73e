import { DomainError, STAFF_ROLES, type StaffRole } from '@casebook/kernel';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { PersonalTokens, TOKEN_SCOPES } from '@casebook/auth';
import { openPlatform } from '../../api/src/platform';
import { createServices } from '../../api/src/services';
import { cliConfig, print, requireData, say } from './context';

/** `token create`, `staff add`. */
export function registerPeople(program: Command): void {
  program
    .command('token')
    .description('personal API tokens')
    .command('create')
    .description('make a token for somebody and print it, once; safe while Casebook runs')
    .requiredOption('--user <email>', 'whose token it is')
    .option('--name <name>', 'what it is for', 'command line')
    .option('--scopes <list>', 'read, write, or both by comma', (text) => text.split(','))
    .option('--expires-in-days <days>', '1 to 365', whole)
    .action(createToken);
  program
    .command('staff')
    .description('people of the support team')
    .command('add')
    .argument('<email>', 'their mail address, as their sign-in service gives it')
    .description('add somebody to the support team, or change their roles; Casebook must not be running')
    .addOption(new Option('--role <role...>', 'what they may do').choices([...STAFF_ROLES]).makeOptionMandatory())
    .option('--name <name>', 'their name; default is the mail address')
    .action(addStaff);
  program
    .command('person')
    .description('people, whoever they work for')
    .command('erase')
    .argument('<email>', 'their mail address')
    .description('destroy what the record holds about a person, for ever; Casebook must not be running')
    .action(erase);
}

async function erase(email: string): Promise<void> {
  const config = cliConfig();
  requireData(config);
  const platform = await openPlatform(config);
  try {
    const { accounts, runner } = await createServices(platform, config, (message, error) => {
      say(`${message}: ${String(error)}`);
    });
    const personId = await accounts.personByEmail(email);
    if (personId === undefined) {
      throw new DomainError('missing', 'person.unknown', `Nobody has the address ${email}.`);
    }
    await runner.start();
    await accounts.erase(personId);
    // A deleted row leaves its words in the file: the view is folded anew into another one.
    await runner.rebuild('people');
    await runner.stop();
    say(`Erased ${email}. The record stays, without their name, address and phone.`);
  } finally {
    await platform.close();
  }
}

async function createToken(options: {
  user: string;
  name: string;
  scopes?: string[];
  expiresInDays?: number;
}): Promise<void> {
  const config = cliConfig();
  requireData(config);
  const scopes = options.scopes?.map((scope) => {
    const known = TOKEN_SCOPES.find((one) => one === scope);
    if (!known)
      throw new DomainError(
        'invalid',
        'token.scope',
        `There is no scope "${scope}"; use ${TOKEN_SCOPES.join(' or ')}.`,
      );
    return known;
  });
  const platform = await openPlatform({ ...config, readonly: true });
  try {
    const { accounts } = await createServices(platform, config, () => undefined);
    const personId = await accounts.personByEmail(options.user);
    const actor = personId === undefined ? undefined : await accounts.actor(personId);
    if (!actor || actor.kind === 'system') {
      throw new DomainError('missing', 'person.unknown', `Nobody with the address ${options.user} may sign in here.`);
    }
    const owner = { personId: actor.personId, companyId: actor.kind === 'customer' ? actor.companyId : undefined };
    const wish = { name: options.name, scopes, expiresInDays: options.expiresInDays };
    const { token } = await new PersonalTokens(platform.state, () => new Date()).create(owner, wish);
    print(token);
  } finally {
    await platform.close();
  }
}

async function addStaff(email: string, options: { role: StaffRole[]; name?: string }): Promise<void> {
  const config = cliConfig();
  const platform = await openPlatform(config);
  try {
    const { accounts } = await createServices(platform, config, () => undefined);
    await accounts.addStaff({ name: options.name ?? email, email }, options.role);
    say(`${email} is now staff: ${options.role.join(', ')}.`);
  } finally {
    await platform.close();
  }
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Use a whole number from 1 on.');
  return value;
}

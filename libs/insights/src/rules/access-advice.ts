import type { Item } from '../format/item';
import { items } from '../format/items';
import type { Facts } from './facts';

/** The grant or the option that would make an unreadable item readable; undefined when there is none to name. */
export function accessAdvice(item: Item, facts: Facts): string | undefined {
  if (!facts.parts(item).some(({ status }) => status === 'denied')) return undefined;
  const role = quoteRole(facts.one(items.pg.instance)?.role);
  if (item.name === items.pg.hbaRules.name)
    return `GRANT SELECT ON pg_hba_file_rules TO ${role}; GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO ${role};`;
  if (item.name === items.pg.fileSettings.name)
    return `GRANT SELECT ON pg_file_settings TO ${role}; GRANT EXECUTE ON FUNCTION pg_show_all_file_settings() TO ${role};`;
  if (item.name === items.pg.passwordKinds.name)
    return 'Only a superuser can read the kinds of stored passwords: collect once as postgres.';
  if (item.name.startsWith('pg.') || item.name.startsWith('db.')) return `GRANT pg_monitor TO ${role};`;
  return undefined;
}

/** A role name as SQL needs it. */
export function quoteRole(role: string | null | undefined): string {
  if (role === null || role === undefined) return 'the_role';
  return /^[a-z_][a-z0-9_]*$/.test(role) ? role : `"${role.replaceAll('"', '""')}"`;
}

import { barmanRules } from './barman';
import { epasRules, pgdRules } from './editions';
import { osRules } from './os';
import { configRules } from './postgresql/config';
import { connectionRules } from './postgresql/connections';
import { durabilityRules } from './postgresql/durability';
import { memoryRules } from './postgresql/memory';
import { objectRules } from './postgresql/objects';
import { replicationRules } from './postgresql/replication';
import { securityRules } from './postgresql/security';
import { vacuumRules } from './postgresql/vacuum';
import { versionRules } from './postgresql/versions';
import { walRules } from './postgresql/wal';
import type { Rule } from './rule';
import { tungstenRules } from './tungsten';
import { wholeRules } from './whole';

/** Every rule, in the order of a report. */
export const allRules: readonly Rule[] = [
  ...versionRules,
  ...vacuumRules,
  ...connectionRules,
  ...memoryRules,
  ...durabilityRules,
  ...walRules,
  ...replicationRules,
  ...configRules,
  ...securityRules,
  ...objectRules,
  ...epasRules,
  ...pgdRules,
  ...barmanRules,
  ...osRules,
  ...tungstenRules,
  ...wholeRules,
];

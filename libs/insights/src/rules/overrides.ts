import { DomainError } from '@casebook/kernel';
import type { ThresholdOverrides } from './engine';
import type { Rule } from './rule';

/**
 * Checks limits that somebody wrote by hand: known rules, known thresholds, finite numbers.
 * @throws DomainError `invalid` with the first mistake.
 */
export function checkOverrides(json: unknown, rules: readonly Rule[]): ThresholdOverrides {
  const wrong = (message: string): never => {
    throw new DomainError('invalid', 'insights.thresholds', message);
  };
  if (!isDict(json)) return wrong('The thresholds must be an object: rule, then threshold, then number.');
  for (const [id, values] of Object.entries(json)) {
    const rule = rules.find((candidate) => candidate.id === id);
    if (!rule) return wrong(`There is no rule "${id}".`);
    if (!isDict(values)) return wrong(`The thresholds of ${id} must be an object.`);
    for (const [name, value] of Object.entries(values)) {
      if (!Object.hasOwn(rule.thresholds, name)) return wrong(`The rule ${id} has no threshold "${name}".`);
      if (typeof value !== 'number' || !Number.isFinite(value)) return wrong(`${id} ${name} must be a number.`);
    }
  }
  return json as ThresholdOverrides;
}

const isDict = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

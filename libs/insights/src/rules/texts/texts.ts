import type { FoundValue, Found } from '../rule';
import { healthTexts } from './postgresql-health';
import { careTexts } from './postgresql-care';
import { safetyTexts } from './postgresql-safety';
import { otherTexts } from './other';
import type { RuleText } from './rule-text';

const texts: Readonly<Record<string, RuleText>> = { ...healthTexts, ...safetyTexts, ...careTexts, ...otherTexts };

/** The words of a rule. Throws for a rule without words: a spec keeps that from happening. */
export function textOf(ruleId: string): RuleText {
  const text = Object.hasOwn(texts, ruleId) ? texts[ruleId] : undefined;
  if (!text) throw new Error(`The rule ${ruleId} has no text.`);
  return text;
}

/** Ids that have words, to find words without a rule. */
export const textIds = (): readonly string[] => Object.keys(texts);

/** Puts found values into a sentence. An unknown name stays visible as "?". */
export function fill(template: string, found: Found): string {
  return template.replace(/\{(\w+)(?:\|(\w+))?\}/g, (_, name: string, format: string | undefined) => {
    const value = Object.hasOwn(found, name) ? found[name] : undefined;
    return value === undefined ? '?' : formatValue(value, format);
  });
}

/** Names that a sentence asks for. */
export const placeholders = (template: string): readonly string[] =>
  [...template.matchAll(/\{(\w+)(?:\|\w+)?\}/g)].map((match) => match[1] ?? '');

function formatValue(value: FoundValue, format: string | undefined): string {
  if (typeof value === 'number') {
    if (format === 'bytes') return bytes(value);
    if (format === 'duration') return duration(value);
    return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
  }
  if (value === null) return 'unknown';
  if (typeof value === 'object') return list(value);
  return String(value);
}

function list(values: readonly string[]): string {
  if (values.length === 0) return 'none';
  const shown = values.slice(0, 8).join(', ');
  return values.length > 8 ? `${shown} and ${values.length - 8} more` : shown;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Decimal units; the exact number stands in the facts. */
export function bytes(value: number): string {
  let [amount, unit] = [Math.abs(value), 0];
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : 1;
  return `${value < 0 ? '-' : ''}${amount.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

/** "3 d 4 h", "1:14 h", "12 min", "40 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min`;
  const hours = Math.floor(whole / 3_600);
  if (hours < 24) return `${hours}:${String(Math.floor((whole % 3_600) / 60)).padStart(2, '0')} h`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

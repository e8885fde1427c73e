import type { ValidationError } from '@nestjs/common';

/** How the checks of class-validator begin when nobody gave them words: with the field's name in the code. */
function isDefault(message: string, property: string): boolean {
  return [`${property} `, 'property ', 'each value in ', 'nested property ', 'an unknown value '].some((start) =>
    message.startsWith(start),
  );
}

/** In the user's words, by the name of the check; `n` is the bound, `list` the allowed values. */
const WORDS: Readonly<Record<string, (n: string, list: string) => string>> = {
  isString: () => 'This has to be a text.',
  minLength: (n) => (n === '1' ? 'Please fill this in.' : `Please write at least ${n} characters.`),
  maxLength: (n) => `Please keep this to ${n} characters.`,
  isIn: (_, list) => `Please choose one of: ${list}.`,
  isInt: () => 'Please give a whole number.',
  min: (n) => `Please give at least ${n}.`,
  max: (n) => `Please give at most ${n}.`,
  isBoolean: () => 'Please say true or false.',
  isUuid: () => 'This is not an id of this portal.',
  isEmail: () => 'This is not a mail address.',
  isArray: () => 'This has to be a list.',
  arrayMinSize: (n) => `Please give at least ${n}.`,
  arrayMaxSize: (n) => `Please give at most ${n} of them.`,
  nestedValidation: () => 'Each of these has named fields, like {"id": "…"}.',
  whitelistValidation: () => 'There is no such field.',
};
/** What is no value of the right kind at all says so before anything is said of its length. */
const BOUNDS = ['minLength', 'maxLength', 'min', 'max', 'arrayMinSize', 'arrayMaxSize', 'matches'];

/** What to tell of one wrong field; undefined when only fields inside it are wrong. */
export function wordsFor({ property, value, constraints = {} }: ValidationError): string | undefined {
  const found = Object.entries(constraints);
  const [check, message] = found.find(([name]) => !BOUNDS.includes(name)) ?? found[0] ?? [];
  if (check === undefined || message === undefined) return undefined;
  const own = found.map(([, text]) => text).find((text) => !isDefault(text, property));
  if (own !== undefined) return own;
  if (value === undefined) return 'Please fill this in.';
  const number = /\d+/.exec(message.slice(property.length))?.[0] ?? '';
  const list = /values: (.*)$/.exec(message)?.[1] ?? '';
  return WORDS[check]?.(number, list) ?? 'This is not right.';
}

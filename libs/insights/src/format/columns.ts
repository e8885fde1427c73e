/**
 * Columns of an item, once: the TypeScript type of a row, the check at the border and the JSON schema all come
 * from here. Every column may be null unless it is required; columns that no list names are kept and ignored.
 */
export type ColumnKind = 'text' | 'integer' | 'number' | 'boolean' | 'texts';

/** What JSON can hold. Rows of a collection are plain JSON objects. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type RawRow = Readonly<Record<string, Json>>;

interface KindTypes {
  text: string;
  integer: number;
  number: number;
  boolean: boolean;
  texts: readonly string[];
}

export interface Column<K extends ColumnKind = ColumnKind, R extends boolean = boolean> {
  readonly kind: K;
  readonly required: R;
  readonly about?: string;
}

export type Columns = Readonly<Record<string, Column>>;

/** The type of one row of these columns. */
export type Row<C extends Columns> = {
  readonly [P in keyof C]: C[P] extends Column<infer K, infer R>
    ? R extends true
      ? KindTypes[K]
      : KindTypes[K] | null
    : never;
};

function optional<K extends ColumnKind>(kind: K): Column<K, false> {
  return { kind, required: false };
}

function required<K extends ColumnKind>(kind: K): Column<K, true> {
  return { kind, required: true };
}

/** Columns that may be null or absent. */
export const opt = {
  text: optional('text'),
  integer: optional('integer'),
  number: optional('number'),
  boolean: optional('boolean'),
  texts: optional('texts'),
} as const;

/** Columns without which the item cannot be used. */
export const req = {
  text: required('text'),
  integer: required('integer'),
  number: required('number'),
  boolean: required('boolean'),
  texts: required('texts'),
} as const;

const NAMES: Record<ColumnKind, string> = {
  text: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  texts: 'a list of texts',
};

function fits(kind: ColumnKind, value: Json): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'texts':
      return Array.isArray(value) && value.every((element) => typeof element === 'string');
  }
}

/**
 * Checks a row against its columns and fills absent optional columns with null.
 * @returns the row, or a sentence that names the first wrong column.
 */
export function checkRow(columns: Columns, raw: RawRow): RawRow | string {
  const row: Record<string, Json> = Object.assign(Object.create(null) as object, raw);
  for (const [name, column] of Object.entries(columns)) {
    const value = Object.hasOwn(raw, name) ? (raw[name] ?? null) : null;
    if (value === null) {
      if (column.required) return `${name} is missing`;
      row[name] = null;
    } else if (!fits(column.kind, value)) {
      return `${name} is not ${NAMES[column.kind]}`;
    }
  }
  return { ...row };
}

const SCHEMA_TYPES: Record<ColumnKind, Json> = {
  text: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  texts: { type: 'array', items: { type: 'string' } },
};

/** JSON Schema (draft 2020-12) of one row. */
export function rowSchema(title: string, description: string, columns: Columns): Json {
  const properties = Object.entries(columns).map(([name, column]) => {
    const type = SCHEMA_TYPES[column.kind];
    return [name, column.required ? type : { anyOf: [type, { type: 'null' }] }];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    description,
    type: 'object',
    properties: Object.fromEntries(properties) as Record<string, Json>,
    required: Object.entries(columns).flatMap(([name, column]) => (column.required ? [name] : [])),
    additionalProperties: true,
  };
}

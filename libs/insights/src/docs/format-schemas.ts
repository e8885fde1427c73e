import { rowSchema, type Json } from '../format/columns';
import { allItems } from '../format/items';

/** File name and JSON schema of every item's rows, and of the manifest. */
export function formatSchemas(): readonly (readonly [file: string, schema: Json])[] {
  const rows = allItems.map((item): readonly [string, Json] => [
    `${item.name}.schema.json`,
    rowSchema(item.name, `A row of ${item.path}. ${item.about}`, item.columns),
  ]);
  return [['manifest.schema.json', MANIFEST_SCHEMA], ...rows];
}

const textOrNull: Json = { type: ['string', 'null'] };

const MANIFEST_SCHEMA: Json = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'manifest.json',
  description: 'What a collection holds, who made it, and how each item went.',
  type: 'object',
  required: ['format_version', 'collection_id', 'kind', 'host', 'times', 'items'],
  properties: {
    format_version: { type: 'string', pattern: '^1(\\.[0-9]+)?$' },
    collection_id: { type: 'string', minLength: 1 },
    kind: { type: 'string', enum: ['postgresql', 'barman', 'system', 'tungsten'] },
    depth: { type: ['string', 'null'], enum: ['surface', 'shallow', 'deep', null] },
    collector: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        version: textOrNull,
        sha256: textOrNull,
        catalogue: { type: ['integer', 'string', 'null'] },
      },
    },
    host: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, id_hash: textOrNull } },
    os_user: textOrNull,
    times: {
      type: 'object',
      required: ['started'],
      properties: {
        started: { type: 'string', format: 'date-time' },
        finished: { type: 'string', format: 'date-time' },
        server_ms: { type: ['number', 'null'] },
      },
    },
    options: { type: 'object' },
    items: {
      type: 'array',
      items: {
        type: 'object',
        required: ['item', 'status'],
        properties: {
          item: { type: 'string' },
          path: textOrNull,
          status: { enum: ['ok', 'partial', 'denied', 'timeout', 'error', 'skipped'] },
          detail: textOrNull,
          bytes: { type: ['integer', 'null'] },
          sha256: { type: ['string', 'null'], pattern: '^[0-9a-f]{64}$' },
          truncated: { type: 'boolean' },
        },
      },
    },
  },
  additionalProperties: true,
};

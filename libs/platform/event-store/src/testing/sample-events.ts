import { randomUUID } from 'node:crypto';
import type { EventCatalog } from '@casebook/kernel';
import type { AppendMetadata } from '../event-log';

/** An event with every kind of field: open, under the text key, under a person's key, in arrays, absent. */
export interface Written {
  readonly type: 'test.Written';
  readonly data: {
    readonly by: string;
    readonly subject: string | null;
    readonly name: string | null;
    readonly count?: number;
    readonly tags?: readonly string[];
    readonly members?: readonly { readonly personId: string; readonly email: string | null }[];
    readonly steps?: readonly { readonly text: string | null; readonly done: boolean }[];
  };
}

export const sampleCatalog: EventCatalog = {
  'test.Written': {
    plain: ['by', 'tags[]', 'members[].personId'],
    sealed: {
      subject: 'text',
      'steps[].text': 'text',
      name: { person: 'by' },
      'members[].email': { person: 'members[].personId' },
    },
  },
};

export function written(data: Partial<Written['data']> = {}): Written {
  return { type: 'test.Written', data: { by: 'person-1', subject: 'It is slow', name: 'Ada', ...data } };
}

export function metadataAt(time = '2026-01-02T03:04:05.678Z', parts: Partial<AppendMetadata> = {}): AppendMetadata {
  const commandId = randomUUID();
  return { actor: 'person-1', correlationId: commandId, causationId: commandId, commandId, time, ...parts };
}

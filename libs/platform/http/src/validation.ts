import { BadRequestException, ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { DomainError, type FieldError } from '@casebook/kernel';
import { wordsFor } from './words';

/** Wrong fields that one answer names. */
const MAX_TOLD = 20;

/** Checks bodies and queries against their DTO classes: unknown fields are refused, each wrong field is named. */
export function createValidationPipe(): ValidationPipe {
  return new PlainValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    exceptionFactory: (errors) => {
      const exception = new BadRequestException();
      return Object.assign(exception, {
        getResponse: () => ({ fields: errors.flatMap((e) => fieldErrors(e, '')).slice(0, MAX_TOLD) }),
      });
    },
  });
}

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const path = parent === '' ? error.property : `${parent}.${error.property}`;
  const words = wordsFor(error);
  return [
    ...(words === undefined ? [] : [{ path, message: words }]),
    ...(error.children ?? []).flatMap((child) => fieldErrors(child, path)),
  ];
}

/** Deeper and larger than any request of the API. Checking takes time for every value, and nobody else is served meanwhile. */
const MAX_DEPTH = 20;
const MAX_VALUES = 1_000;

/** Throws DomainError `invalid` for what is nested too deeply or holds too many values. */
export function refuseVast(value: unknown): void {
  let level: readonly unknown[] = [value];
  let values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    values += level.length;
    if (depth > MAX_DEPTH) throw new DomainError('invalid', 'request.too_deep', 'The body is nested too deeply.');
    if (values > MAX_VALUES) {
      throw new DomainError('invalid', 'request.too_many_values', `A request has at most ${MAX_VALUES} values.`);
    }
    level = level.flatMap((one): unknown[] => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
}

/** A field that is null says nothing, like one that is left out; in the record, null means erased. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (one === null ? [] : [[name, withoutNulls(one)]])),
  );
}

/** Hands out checked values as plain objects: commands and events are data, not instances of DTO classes. */
class PlainValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    refuseVast(value);
    if (metadata.type !== 'body') return super.transform(value, metadata);
    const checked: unknown = await super.transform(withoutNulls(value), metadata);
    return typeof checked === 'object' ? structuredClone(checked) : checked;
  }
}

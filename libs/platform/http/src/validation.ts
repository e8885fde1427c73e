import { BadRequestException, ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { DomainError, type FieldError } from '@casebook/kernel';

/** Checks bodies and queries against their DTO classes: unknown fields are refused, each wrong field is named. */
export function createValidationPipe(): ValidationPipe {
  return new PlainValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => {
      const exception = new BadRequestException();
      return Object.assign(exception, { getResponse: () => ({ fields: errors.flatMap((e) => fieldErrors(e, '')) }) });
    },
  });
}

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const path = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).slice(0, 1);
  return [
    ...own.map((message) => ({ path, message: sentence(message) })),
    ...(error.children ?? []).flatMap((child) => fieldErrors(child, path)),
  ];
}

function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Deeper than any body of the API; what checks bodies goes down them by recursion. */
const MAX_DEPTH = 20;

function refuseDeep(value: unknown): void {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new DomainError('invalid', 'request.too_deep', 'The body is nested too deeply.');
    level = level.flatMap((one): unknown[] => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
}

/** Hands out checked values as plain objects: commands and events are data, not instances of DTO classes. */
class PlainValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body') refuseDeep(value);
    const checked: unknown = await super.transform(value, metadata);
    return metadata.type === 'body' && typeof checked === 'object' ? structuredClone(checked) : checked;
  }
}

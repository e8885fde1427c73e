import { DomainError, type Position } from '@casebook/kernel';
import type { Progress, ReadModelDefinition } from './read-model';

/** A document that cannot be stored. */
export function unfit({ name }: ReadModelDefinition, id: string, reason: string): DomainError {
  return new DomainError('invalid', 'read-model.document', `${name} ${id}: ${reason}`);
}

/** Nothing to read yet. */
export function filling({ name }: ReadModelDefinition): DomainError {
  return new DomainError('unavailable', 'read-model.filling', `${name} is being filled, try again in a moment`);
}

export function notFilled({ name }: ReadModelDefinition): DomainError {
  return new DomainError('conflict', 'read-model.not-filled', `${name} has no filled version to swap in`);
}

export function fenced({ name }: ReadModelDefinition): DomainError {
  return new DomainError('conflict', 'read-model.fenced', `${name} has a newer owner`);
}

export function tooManyIds(most: number): DomainError {
  return new DomainError('invalid', 'query.invalid', `At most ${most} ids at a time`);
}

/** Throws for progress that is not later than what is stored. */
export function checkProgress(
  definition: ReadModelDefinition,
  stored: { readonly checkpoint: Position | null; readonly epoch: number },
  { checkpoint, epoch }: Progress,
): void {
  if (epoch < stored.epoch) throw fenced(definition);
  if (stored.checkpoint !== null && checkpoint <= stored.checkpoint)
    throw new DomainError('conflict', 'read-model.behind', `${definition.name} is already at ${stored.checkpoint}`);
}

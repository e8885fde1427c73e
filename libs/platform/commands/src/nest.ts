import { Injectable, type Type } from '@nestjs/common';
import { Command as BusCommand, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Command, DomainEvent } from '@casebook/kernel';
import type { Aggregate } from './aggregate';
import type { CommandResult, Envelope } from './envelope';

/** A command on Nest's CommandBus: one class per aggregate extends it. */
export abstract class AggregateCommand<S, C extends Command, E extends DomainEvent> extends BusCommand<
  CommandResult<S, E>
> {
  constructor(readonly envelope: Envelope<C>) {
    super();
  }
}

/** Makes the one handler of an aggregate's commands; add it to a module's providers. */
export function createAggregateHandler<S, C extends Command, E extends DomainEvent>(
  command: Type<AggregateCommand<S, C, E>>,
  aggregate: Aggregate<S, C, E>,
): Type<ICommandHandler> {
  @Injectable()
  class Handler {
    execute({ envelope }: AggregateCommand<S, C, E>): Promise<CommandResult<S, E>> {
      return aggregate.handle(envelope);
    }
  }
  Object.defineProperty(Handler, 'name', { value: `${command.name}Handler` });
  CommandHandler(command)(Handler);
  return Handler;
}

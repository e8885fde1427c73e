import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { ScheduleModule } from '@nestjs/schedule';
import {
  AccountsService,
  CatalogueController,
  IS_DEMO,
  MeController,
  UsersController,
  UsersQueryService,
} from '@casebook/accounts';
import { AuthModule, SignedInGuard, type Auth } from '@casebook/auth';
import { createAggregateHandler } from '@casebook/commands';
import { createValidationPipe, PositionSeal, ProblemFilter } from '@casebook/http';
import {
  AccessLogCommand,
  AttachmentsController,
  AttachmentsService,
  TicketCommand,
  TicketsController,
  TicketsQuery,
  TicketsService,
} from '@casebook/ticketing';
import { DirectUploads, Relay } from '@casebook/storage';
import { CollectionsController } from './http/collections.controller';
import { DirectUploadsController } from './http/direct-uploads.controller';
import { HealthController } from './http/health.controller';
import { SEARCH, SearchController } from './http/search.controller';
import { Maintenance } from './maintenance';
import { ReadAfterInterceptor } from './http/read-after.interceptor';
import { VIEWS } from './http/views';
import { EventsController } from './live/events.controller';
import { StatusController } from './ops/status.controller';
import { SystemStatus } from './ops/system-status';
import { LiveHub } from './live/live-hub';
import type { Platform } from './platform';
import type { Services } from './services';

/** Composes the API over services that exist already; holds no rules of its own. */
@Module({})
export class AppModule {
  static of(platform: Platform, services: Services, auth: Auth, demo: boolean): DynamicModule {
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot(), ScheduleModule.forRoot(), AuthModule.of(auth)],
      controllers: [
        MeController,
        UsersController,
        CatalogueController,
        TicketsController,
        AttachmentsController,
        EventsController,
        SearchController,
        HealthController,
        StatusController,
        DirectUploadsController,
        CollectionsController,
      ],
      providers: [
        { provide: APP_GUARD, useClass: SignedInGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: createValidationPipe },
        { provide: APP_INTERCEPTOR, useClass: ReadAfterInterceptor },
        { provide: IS_DEMO, useValue: demo },
        { provide: AccountsService, useValue: services.accounts },
        { provide: UsersQueryService, useValue: services.users },
        { provide: TicketsQuery, useValue: services.ticketsQuery },
        { provide: PositionSeal, useValue: services.seal },
        { provide: VIEWS, useValue: services.runner },
        { provide: LiveHub, useValue: services.live },
        { provide: SEARCH, useValue: platform.search.index },
        {
          provide: Maintenance,
          useFactory: () =>
            new Maintenance(
              platform.state,
              services.uploads,
              services.head,
              (name) => services.isReferenced(name),
              platform.shared ? services.instance : undefined,
            ),
        },
        { provide: Relay, useValue: services.relay },
        { provide: DirectUploads, useValue: new DirectUploads(platform.blobs, platform.state, platform.keyring) },
        { provide: SystemStatus, useFactory: () => new SystemStatus(services.statusSources(auth)) },
        createAggregateHandler(TicketCommand, services.ticketAggregate),
        createAggregateHandler(AccessLogCommand, services.accessAggregate),
        {
          provide: TicketsService,
          inject: [CommandBus],
          useFactory: (bus: CommandBus) =>
            new TicketsService(
              bus,
              services.accounts,
              platform.state,
              services.ticketViews,
              services.clock,
              async (id) => (await services.ticketAggregate.current(id)).state,
            ),
        },
        {
          provide: AttachmentsService,
          inject: [TicketsService],
          useFactory: (tickets: TicketsService) =>
            new AttachmentsService(tickets, services.ticketsQuery, services.uploads, services.objects),
        },
      ],
    };
  }
}

import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Public, type RequestPrincipal } from '@casebook/auth';
import { DomainError, type Actor } from '@casebook/kernel';
import { SystemStatus } from './system-status';
import { PublicStatusDto, RebuildStartedDto, SystemStatusDto } from './system-status.dto';

/** How the installation is. */
@ApiTags('status')
@ApiBearerAuth()
@Controller('api')
export class StatusController {
  constructor(private readonly status: SystemStatus) {}

  /** What works, in plain words; for everybody. */
  @Public()
  @Get('status')
  public(): Promise<PublicStatusDto> {
    return this.status.public();
  }

  /** Read models, record, engines and what ends soon, for administrators. */
  @Get('admin/status')
  full(@CurrentPrincipal() { actor }: RequestPrincipal): Promise<SystemStatusDto> {
    requireAdministrator(actor);
    return this.status.full();
  }

  /** Folds a read model anew beside the live one and swaps it in; what was parked is tried again. */
  @Post('admin/views/:name/rebuild')
  @HttpCode(202)
  async rebuild(
    @Param('name') name: string,
    @CurrentPrincipal() { actor }: RequestPrincipal,
  ): Promise<RebuildStartedDto> {
    requireAdministrator(actor);
    await this.status.rebuild(name);
    return { name };
  }
}

function requireAdministrator(actor: Actor): void {
  if (actor.kind === 'staff' && actor.roles.includes('administrator')) return;
  throw new DomainError('forbidden', 'admin.forbidden', 'Only an administrator sees how the installation is.');
}

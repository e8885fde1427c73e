import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '@casebook/auth';
import { DomainError } from '@casebook/kernel';
import { ProjectionRunner } from '@casebook/read-model';

/** Projections may be this far behind before the instance stops being ready, in seconds. */
const MAX_LAG_SECONDS = 60;

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly runner: ProjectionRunner) {}

  /** The process runs. */
  @Public()
  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /** The process can serve: its views follow the log. */
  @Public()
  @Get('ready')
  async ready() {
    const views = await this.runner.status();
    const late = views.filter(({ state, secondsBehind }) => state === 'behind' || secondsBehind > MAX_LAG_SECONDS);
    if (late.length > 0) {
      const names = late.map(({ name }) => name).join(', ');
      throw new DomainError('unavailable', 'not_ready', `These views are behind the record: ${names}.`);
    }
    return { status: 'ok', views: views.map(({ name, state, eventsBehind }) => ({ name, state, eventsBehind })) };
  }
}

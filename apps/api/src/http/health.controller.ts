import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '@casebook/auth';
import { DomainError } from '@casebook/kernel';
import type { Views } from '@casebook/read-model';
import { VIEWS } from './views';

/** Projections may be this far behind before the instance stops being ready, in seconds. */
const MAX_LAG_SECONDS = 60;

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(@Inject(VIEWS) private readonly views: Views) {}

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
    const views = await this.views.status();
    const late = views.filter(({ state, secondsBehind }) => state === 'behind' || secondsBehind > MAX_LAG_SECONDS);
    if (late.length > 0) {
      const names = late.map(({ name }) => name).join(', ');
      throw new DomainError('unavailable', 'not_ready', `These views are behind the record: ${names}.`);
    }
    return { status: 'ok', views: views.map(({ name, state, eventsBehind }) => ({ name, state, eventsBehind })) };
  }
}

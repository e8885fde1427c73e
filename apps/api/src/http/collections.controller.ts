import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type RequestPrincipal } from '@casebook/auth';
import { Relay } from '@casebook/storage';
import { CollectionsDto } from './collections.dto';

/** What collectors sent (R145). They post it to the same address, as bytes: docs/attachments.md. */
@ApiTags('attachments')
@ApiBearerAuth()
@Controller('api/insights/collections')
export class CollectionsController {
  constructor(private readonly relay: Relay) {}

  /** One's own, newest first. A ticket takes one as an attachment by its upload id. */
  @Get()
  async list(@CurrentPrincipal() { actor }: RequestPrincipal): Promise<CollectionsDto> {
    return { items: await this.relay.list(actor.personId) };
  }
}

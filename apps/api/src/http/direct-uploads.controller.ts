import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type RequestPrincipal } from '@casebook/auth';
import { DirectUploads, normaliseContentType, normaliseFileName } from '@casebook/storage';
import {
  BeginDirectUploadDto,
  DirectProgressDto,
  DirectUploadDto,
  DirectUploadsDto,
  PartAddressesDto,
  PartNumbersDto,
} from './direct-uploads.dto';

/** From this size on the detour pays: smaller files go through the portal in one request. */
const LEAST_BYTES = 8 * 1024 * 1024;

/** Large files that the browser seals and puts into the store of files itself (R144). */
@ApiTags('attachments')
@ApiBearerAuth()
@Controller('api/direct-uploads')
export class DirectUploadsController {
  constructor(private readonly uploads: DirectUploads) {}

  /** Whether files can go straight to the store, and from which size on they should. */
  @Get()
  offered(): DirectUploadsDto {
    return { offered: this.uploads.offered, leastBytes: LEAST_BYTES };
  }

  /** Begins one. The key seals this file alone; docs/attachments.md says how. */
  @Post()
  async begin(
    @Body() { name, type, size }: BeginDirectUploadDto,
    @CurrentPrincipal() { actor }: RequestPrincipal,
  ): Promise<DirectUploadDto> {
    const metadata = { filename: normaliseFileName(name), filetype: normaliseContentType(type) };
    return answer(await this.uploads.begin(actor.personId, size, metadata));
  }

  /** Goes on after a reload: which parts are there, and a session of its own. */
  @Post(':id/resume')
  @HttpCode(200)
  async resume(@Param('id') id: string, @CurrentPrincipal() { actor }: RequestPrincipal): Promise<DirectUploadDto> {
    return answer(await this.uploads.resume(id, actor.personId));
  }

  /** Where to put these parts, for an hour. */
  @Post(':id/addresses')
  @HttpCode(200)
  async addresses(
    @Param('id') id: string,
    @Body() { parts }: PartNumbersDto,
    @CurrentPrincipal() { actor }: RequestPrincipal,
  ): Promise<PartAddressesDto> {
    return { items: await this.uploads.addresses(id, actor.personId, parts) };
  }

  /** All parts are there: they are put together and checked. To be asked again while it says `checking`. */
  @Post(':id/complete')
  @HttpCode(200)
  complete(@Param('id') id: string, @CurrentPrincipal() { actor }: RequestPrincipal): Promise<DirectProgressDto> {
    return this.uploads.complete(id, actor.personId);
  }

  /** Gives it up. */
  @Delete(':id')
  @HttpCode(204)
  async cancel(@Param('id') id: string, @CurrentPrincipal() { actor }: RequestPrincipal): Promise<void> {
    await this.uploads.cancel(id, actor.personId);
  }
}

function answer(upload: Awaited<ReturnType<DirectUploads['begin']>>): DirectUploadDto {
  return { ...upload, have: [...upload.have] };
}

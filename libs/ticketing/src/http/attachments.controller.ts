import { Body, Controller, Get, Headers, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiProduces, ApiTags } from '@nestjs/swagger';
import { CurrentSender, PositionSeal, type Sender } from '@casebook/http';
import { serveObject } from '@casebook/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AttachmentsService } from '../attachments.service';
import { TicketWrittenDto } from './tickets.answers.dto';
import { AttachmentDto } from './tickets.dto';

@ApiTags('attachments')
@ApiBearerAuth()
@Controller('api/tickets/:number/attachments')
export class AttachmentsController {
  constructor(
    private readonly attachments: AttachmentsService,
    private readonly seal: PositionSeal,
  ) {}

  /** Attaches a file that was uploaded by tus to /api/uploads. */
  @Post()
  async attach(
    @Param('number') number: string,
    @Body() { uploadId }: AttachmentDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    const { body, version, position } = await this.attachments.attach(number, uploadId, sender);
    void reply.header('etag', `"${version}"`);
    if (position !== undefined) void reply.header('x-position', this.seal.seal(position));
    return body;
  }

  /** The file, whole or by Range. Each download is recorded, and the company can see it. */
  @Get(':id')
  @ApiProduces('application/octet-stream')
  async download(
    @Param('number') number: string,
    @Param('id') id: string,
    @CurrentSender() sender: Sender,
    @Req() { method }: FastifyRequest,
    @Res() reply: FastifyReply,
    @Headers('range') range?: string,
    @Headers('if-range') ifRange?: string,
  ): Promise<void> {
    const headersOnly = method === 'HEAD';
    await serveObject(reply, await this.attachments.download(number, id, { range, ifRange }, sender, headersOnly));
  }
}

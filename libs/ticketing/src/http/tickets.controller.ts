import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post, Put, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type RequestPrincipal } from '@casebook/auth';
import { CurrentSender, PositionSeal, type Sender } from '@casebook/http';
import { DomainError } from '@casebook/kernel';
import type { FastifyReply } from 'fastify';
import type { TicketCommandBody } from '../ticket/ticket.commands';
import { TicketsQuery } from '../tickets.query';
import { TicketsService, type TicketWritten, type Written } from '../tickets.service';
import {
  AssigneeDto,
  CanReportDto,
  CloseDto,
  HandoverDto,
  OpenTicketDto,
  OptionalNoteDto,
  OptionalReasonDto,
  ReasonDto,
  ReplyDto,
  ResolutionDto,
  SeverityDto,
  StageDto,
  TextDto,
  TicketListQuery,
  TimelineQuery,
} from './tickets.dto';
import { TicketListDto, TicketPageDto, TicketWrittenDto, TimelinePageDto, DownloadsDto } from './tickets.answers.dto';

@ApiTags('tickets')
@ApiBearerAuth()
@Controller('api/tickets')
export class TicketsController {
  constructor(
    private readonly tickets: TicketsService,
    private readonly query: TicketsQuery,
    private readonly seal: PositionSeal,
  ) {}

  /** Tickets that you may see, newest activity first. */
  @Get()
  @ApiOkResponse({ type: TicketListDto })
  list(@Query() query: TicketListQuery, @CurrentPrincipal() { actor }: RequestPrincipal) {
    return this.query.list(query, actor);
  }

  /** A ticket with its newest 50 entries. */
  @Get(':number')
  @ApiOkResponse({ type: TicketPageDto })
  async page(
    @Param('number') number: string,
    @CurrentPrincipal() { actor }: RequestPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { json, version, position } = await this.query.page(number, actor);
    void reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('etag', `"${version}"`)
      .header('x-position', this.seal.seal(position));
    return json;
  }

  /** Older entries. */
  @Get(':number/timeline')
  @ApiOkResponse({ type: TimelinePageDto })
  timeline(
    @Param('number') number: string,
    @Query() { cursor }: TimelineQuery,
    @CurrentPrincipal() { actor }: RequestPrincipal,
  ) {
    return this.query.timeline(number, cursor, actor);
  }

  /** Who downloaded which file. */
  @Get(':number/downloads')
  @ApiOkResponse({ type: DownloadsDto })
  downloads(@Param('number') number: string, @CurrentPrincipal() { actor }: RequestPrincipal) {
    return this.query.downloadsOf(number, actor);
  }

  /** Opens a ticket for your company. */
  @Post()
  async open(
    @Body() body: OpenTicketDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.answer(await this.tickets.open(body, sender), reply);
  }

  /** Opens a ticket that follows this closed one. */
  @Post(':number/follow-ups')
  async followUp(
    @Param('number') number: string,
    @Body() body: OpenTicketDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.answer(await this.tickets.followUp(number, body, sender), reply);
  }

  /** Writes a reply that both sides read. */
  @Post(':number/replies')
  reply(
    @Param('number') number: string,
    @Body() { body, owes }: ReplyDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    const data = { body, ...(owes !== undefined && { owes }) };
    return this.send(number, sender, reply, { type: 'PostReply', data });
  }

  /** Writes an internal note, which no customer ever sees. */
  @Post(':number/notes')
  note(
    @Param('number') number: string,
    @Body() { body }: TextDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'AddNote', data: { body } });
  }

  /** Files a CAN report: conditions, actions, needs. */
  @Post(':number/can-reports')
  canReport(
    @Param('number') number: string,
    @Body() report: CanReportDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    const actions = report.actions.map((action) => ({ ...action, status: action.status ?? ('planned' as const) }));
    return this.send(number, sender, reply, { type: 'FileCanReport', data: { ...report, actions } });
  }

  /** Marks a need of a CAN report as met. */
  @Post(':number/can-reports/:id/needs/:n/met')
  needMet(
    @Param('number') number: string,
    @Param('id') reportId: string,
    @Param('n', ParseIntPipe) n: number,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'MeetNeed', data: { reportId, n } });
  }

  /** Proposes a workaround. */
  @Post(':number/workarounds')
  proposeWorkaround(
    @Param('number') number: string,
    @Body() { body }: TextDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'ProposeWorkaround', data: { body } });
  }

  @Post(':number/workarounds/:id/accept')
  acceptWorkaround(
    @Param('number') number: string,
    @Param('id') workaroundId: string,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'AcceptWorkaround', data: { workaroundId } });
  }

  @Post(':number/workarounds/:id/decline')
  declineWorkaround(
    @Param('number') number: string,
    @Param('id') workaroundId: string,
    @Body() { reason }: ReasonDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'DeclineWorkaround', data: { workaroundId, reason } });
  }

  @Post(':number/workarounds/:id/applied')
  workaroundApplied(
    @Param('number') number: string,
    @Param('id') workaroundId: string,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'MarkWorkaroundApplied', data: { workaroundId } });
  }

  @Post(':number/workarounds/:id/worked')
  workaroundWorked(
    @Param('number') number: string,
    @Param('id') workaroundId: string,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'MarkWorkaroundWorked', data: { workaroundId } });
  }

  @Post(':number/workarounds/:id/failed')
  workaroundFailed(
    @Param('number') number: string,
    @Param('id') workaroundId: string,
    @Body() { reason }: OptionalReasonDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    const data = { workaroundId, ...(reason !== undefined && { reason }) };
    return this.send(number, sender, reply, { type: 'MarkWorkaroundFailed', data });
  }

  /** Proposes a resolution, which the customer accepts or rejects. */
  @Post(':number/resolutions')
  proposeResolution(
    @Param('number') number: string,
    @Body() data: ResolutionDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'ProposeResolution', data: { ...data } });
  }

  @Post(':number/resolutions/:id/accept')
  acceptResolution(
    @Param('number') number: string,
    @Param('id') resolutionId: string,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'AcceptResolution', data: { resolutionId } });
  }

  @Post(':number/resolutions/:id/reject')
  rejectResolution(
    @Param('number') number: string,
    @Param('id') resolutionId: string,
    @Body() { reason }: ReasonDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'RejectResolution', data: { resolutionId, reason } });
  }

  /** Takes the ticket (`me`), or assigns it to an engineer. */
  @Put(':number/assignee')
  async assign(
    @Param('number') number: string,
    @Body() { me, userId }: AssigneeDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    const own = sender.actor.kind === 'system' ? undefined : sender.actor.personId;
    const assignee = me === true ? own : userId;
    if (assignee === undefined) {
      throw new DomainError('invalid', 'ticket.assignee', 'Say who takes the ticket.', [
        { path: 'userId', message: 'Choose an engineer.' },
      ]);
    }
    return this.answer(await this.tickets.assign(number, assignee, sender), reply);
  }

  /** Offers the ticket to another engineer, who accepts or declines. */
  @Post(':number/handovers')
  async offerHandover(
    @Param('number') number: string,
    @Body() { to, note }: HandoverDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.answer(await this.tickets.offerHandover(number, to, note, sender), reply);
  }

  @Post(':number/handovers/:id/accept')
  acceptHandover(
    @Param('number') number: string,
    @Param('id') handoverId: string,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'AcceptHandover', data: { handoverId } });
  }

  @Post(':number/handovers/:id/decline')
  declineHandover(
    @Param('number') number: string,
    @Param('id') handoverId: string,
    @Body() { note }: OptionalNoteDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, {
      type: 'DeclineHandover',
      data: { handoverId, ...(note !== undefined && { note }) },
    });
  }

  /** Changes the severity, with a reason. */
  @Put(':number/severity')
  changeSeverity(
    @Param('number') number: string,
    @Body() { severity, reason }: SeverityDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'ChangeSeverity', data: { severity, reason } });
  }

  /** Moves the ticket to a later stage. */
  @Post(':number/stage')
  @HttpCode(200)
  moveStage(
    @Param('number') number: string,
    @Body() { stage, reason }: StageDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    const data = { stage, ...(reason !== undefined && { reason }) };
    return this.send(number, sender, reply, { type: 'MoveStage', data });
  }

  /** Withdraws your company's ticket. */
  @Post(':number/withdraw')
  @HttpCode(200)
  withdraw(
    @Param('number') number: string,
    @Body() { reason }: ReasonDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'WithdrawTicket', data: { reason } });
  }

  /** Closes the ticket from the vendor's side. */
  @Post(':number/close')
  @HttpCode(200)
  close(
    @Param('number') number: string,
    @Body() { code, reason }: CloseDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'CloseTicket', data: { code, reason } });
  }

  /** Reopens a closed ticket within the plan's reopen window. */
  @Post(':number/reopen')
  @HttpCode(200)
  reopen(
    @Param('number') number: string,
    @Body() { reason }: ReasonDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TicketWrittenDto> {
    return this.send(number, sender, reply, { type: 'ReopenTicket', data: { reason } });
  }

  private async send(
    number: string,
    sender: Sender,
    reply: FastifyReply,
    command: TicketCommandBody,
  ): Promise<TicketWritten> {
    return this.answer(await this.tickets.command(number, sender, command), reply);
  }

  private answer({ body, version, position }: Written, reply: FastifyReply): TicketWritten {
    void reply.header('etag', `"${version}"`);
    if (position !== undefined) void reply.header('x-position', this.seal.seal(position));
    return body;
  }
}

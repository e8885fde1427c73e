import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Put, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type RequestPrincipal } from '@casebook/auth';
import { CurrentSender, PositionSeal, type Sender } from '@casebook/http';
import { DomainError } from '@casebook/kernel';
import type { FastifyReply } from 'fastify';
import { AccountsService } from '../accounts.service';
import type { CompanyCommand } from '../company/company.decider';
import { UsersQueryService } from '../users.query';
import { CompaniesDto, UsersDto } from './accounts.answers.dto';
import { InviteDto, RoleDto, UsersQuery } from './accounts.dto';

/** People of your company, and what an admin does with them (R16 to R23). */
@ApiTags('users')
@ApiBearerAuth()
@Controller('api')
export class UsersController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly users: UsersQueryService,
    private readonly seal: PositionSeal,
  ) {}

  /** People whom you may see: your company's, or for staff everybody. */
  @Get('users')
  list(@Query() query: UsersQuery, @CurrentPrincipal() { actor }: RequestPrincipal): Promise<UsersDto> {
    return this.users.list(query, actor);
  }

  /** Companies, for staff. */
  @Get('companies')
  companies(@CurrentPrincipal() { actor }: RequestPrincipal): Promise<CompaniesDto> {
    return this.users.companies(actor);
  }

  /** Adds a named contact (R18). */
  @Post('users')
  async invite(
    @Body() { name, email, role }: InviteDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ id: string }> {
    const { personId, position } = await this.accounts.invite(companyOf(sender), { name, email }, role, sender);
    if (position !== undefined) void reply.header('x-position', this.seal.seal(position));
    return { id: personId };
  }

  /** Promotes to A or demotes to U (R21). */
  @Put('users/:id/role')
  role(
    @Param('id', ParseUUIDPipe) personId: string,
    @Body() { role }: RoleDto,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ id: string }> {
    return this.send({ type: 'ChangeMemberRole', data: { personId, role } }, sender, reply);
  }

  /** Locks a contact out at once (R20). */
  @Post('users/:id/lock')
  @HttpCode(200)
  lock(
    @Param('id', ParseUUIDPipe) personId: string,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ id: string }> {
    return this.send({ type: 'LockMember', data: { personId } }, sender, reply);
  }

  @Post('users/:id/unlock')
  @HttpCode(200)
  unlock(
    @Param('id', ParseUUIDPipe) personId: string,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ id: string }> {
    return this.send({ type: 'UnlockMember', data: { personId } }, sender, reply);
  }

  /** Lets a person in who asked for it (D15). */
  @Post('users/:id/accept')
  @HttpCode(200)
  accept(
    @Param('id', ParseUUIDPipe) personId: string,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ id: string }> {
    return this.send({ type: 'AcceptMembership', data: { personId } }, sender, reply);
  }

  @Post('users/:id/decline')
  @HttpCode(200)
  decline(
    @Param('id', ParseUUIDPipe) personId: string,
    @CurrentSender() sender: Sender,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ id: string }> {
    return this.send({ type: 'DeclineMembership', data: { personId } }, sender, reply);
  }

  private async send(
    command: CompanyCommand & { data: { personId: string } },
    sender: Sender,
    reply: FastifyReply,
  ): Promise<{ id: string }> {
    const result = await this.accounts.company$({ ...sender, id: companyOf(sender), command });
    if (result.position !== undefined) void reply.header('x-position', this.seal.seal(result.position));
    return { id: command.data.personId };
  }
}

function companyOf({ actor }: Sender): string {
  if (actor.kind === 'customer') return actor.companyId;
  throw new DomainError('forbidden', 'company.forbidden', 'Only a subscription admin (A) can manage users.');
}

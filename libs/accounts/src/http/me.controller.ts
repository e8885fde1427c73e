import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Auth, CurrentPrincipal, type Principal, type RequestPrincipal } from '@casebook/auth';
import { checkIdempotencyKey } from '@casebook/http';
import { DomainError } from '@casebook/kernel';
import { AccountsService } from '../accounts.service';
import { planById } from '../catalogue/plans';
import { serviceById } from '../catalogue/services';
import { contactsUsed, validSubscriptions } from '../company/company';
import { MeDto, TokenMadeDto, type MyCompanyDto, type MyServiceDto } from './accounts.answers.dto';
import { NewTokenDto, SwitchCompanyDto } from './accounts.dto';

/** Tells whether this portal runs on demo data. */
export const IS_DEMO = Symbol('is demo');

@ApiTags('me')
@ApiBearerAuth()
@Controller('api/me')
export class MeController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly auth: Auth,
    @Inject(IS_DEMO) private readonly demo: boolean,
  ) {}

  /** Who you are, for which company, with which services. */
  @Get()
  me(@CurrentPrincipal() principal: RequestPrincipal): Promise<MeDto> {
    return this.describe(principal);
  }

  /** Changes the session to another of your companies (D15). */
  @Post('company')
  @HttpCode(200)
  async switchCompany(
    @Body() { id }: SwitchCompanyDto,
    @CurrentPrincipal() principal: RequestPrincipal,
  ): Promise<MeDto> {
    const there = await this.auth.switchCompany(principal, id);
    await this.accounts.join(there.actor.personId, id);
    return this.describe(there);
  }

  /** Makes a personal API token. It is shown in this answer and never again. */
  @Post('tokens')
  async createToken(
    @Body() wish: NewTokenDto,
    @CurrentPrincipal() principal: RequestPrincipal,
    @Headers('idempotency-key') key?: string,
  ): Promise<TokenMadeDto> {
    if (key !== undefined) checkIdempotencyKey(key);
    const { token, info } = await this.auth.createToken(principal, wish, key);
    return { ...info, scopes: [...info.scopes], token };
  }

  /** Your tokens, without their secrets. */
  @Get('tokens')
  async tokens(@CurrentPrincipal() principal: RequestPrincipal) {
    return { items: await this.auth.listTokens(principal) };
  }

  @Delete('tokens/:id')
  @HttpCode(204)
  async revokeToken(
    @Param('id', ParseUUIDPipe) id: string,
    @CurrentPrincipal() principal: RequestPrincipal,
  ): Promise<void> {
    await this.auth.revokeToken(principal, id);
  }

  private async describe({ actor, name, email, companies }: Principal): Promise<MeDto> {
    const me = { id: actor.personId, name, email, companies: [...companies], demo: this.demo };
    if (actor.kind === 'staff') return { ...me, kind: 'staff', roles: [...actor.roles], services: [] };
    const now = new Date().toISOString();
    const company = await this.accounts.companyState(actor.companyId);
    if (!company) throw new DomainError('missing', 'company.missing', 'This company does not exist.');
    const services = validSubscriptions(company, now).flatMap(({ serviceId, planId, until }): MyServiceDto[] => {
      const service = serviceById(serviceId);
      const plan = planById(planId);
      if (!service || !plan) return [];
      const { id, name: label, kind, takesTasks } = service;
      return [{ id, name: label, kind, takesTasks, plan: { id: plan.id, name: plan.name }, until }];
    });
    const own: MyCompanyDto = {
      id: actor.companyId,
      name: company.name,
      plan: services[0]?.plan ?? { id: '', name: '' },
      timeZone: company.timeZone,
      contacts: contactsUsed(company),
      contactLimit: company.contactLimit,
    };
    return { ...me, kind: 'customer', roles: [actor.role], company: own, services };
  }
}

import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type RequestPrincipal } from '@casebook/auth';
import { AccountsService } from '../accounts.service';
import { PLANS } from '../catalogue/plans';
import { PRODUCTS } from '../catalogue/products';
import { SERVICES } from '../catalogue/services';
import { SEVERITY_DEFINITIONS } from '../catalogue/severities';

/** What is sold and supported (R36, R44 to R50). */
@ApiTags('catalogue')
@ApiBearerAuth()
@Controller('api')
export class CatalogueController {
  constructor(private readonly accounts: AccountsService) {}

  /** Software that tickets can be about, with versions. */
  @Get('products')
  products() {
    return { items: PRODUCTS.map(({ own, ...product }) => ({ ...product, vendorDeveloped: own })) };
  }

  @Get('services')
  services() {
    return { items: SERVICES };
  }

  /** Plans with their services, software and response targets; yours are marked. */
  @Get('plans')
  async plans(@CurrentPrincipal() { actor }: RequestPrincipal) {
    const yours =
      actor.kind === 'customer' ? await this.accounts.entitlements(actor.companyId, new Date().toISOString()) : [];
    const mine = new Set(yours.map(({ plan }) => plan.id));
    return { items: PLANS.map((plan) => ({ ...plan, ...(mine.has(plan.id) && { yours: true }) })) };
  }

  /** The four severities with their definitions. */
  @Get('severities')
  severities() {
    return { items: SEVERITY_DEFINITIONS };
  }
}

import {
  type CanActivate,
  createParamDecorator,
  type DynamicModule,
  type ExecutionContext,
  Injectable,
  Module,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { Auth, type RequestPrincipal } from './auth';

const PUBLIC = 'auth:public';

/** Marks a controller or route that anybody may call. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC, true);

/** Gives a route method the signed-in principal. */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext): RequestPrincipal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!principal) throw new Error('CurrentPrincipal is used on a route that SignedInGuard does not protect.');
  return principal;
});

/**
 * Lets only signed-in requests through and sets `request.principal`; on a `@Public()` route it sets it when there is
 * one. Throws DomainErrors (`auth.required`, `auth.header_missing` and others), which the problem filter renders.
 */
@Injectable()
export class SignedInGuard implements CanActivate {
  constructor(
    private readonly auth: Auth,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const open = this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, [
      context.getHandler(),
      context.getClass(),
    ]);
    request.principal = open ? await this.auth.authenticate(request) : await this.auth.require(request);
    return true;
  }
}

/** Makes one Auth injectable everywhere. Add `{ provide: APP_GUARD, useClass: SignedInGuard }` to protect all routes. */
@Module({})
export class AuthModule {
  static of(auth: Auth): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      providers: [{ provide: Auth, useValue: auth }, SignedInGuard],
      exports: [Auth, SignedInGuard],
    };
  }
}

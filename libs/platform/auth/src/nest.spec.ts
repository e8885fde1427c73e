import { type ArgumentsHost, Catch, Controller, type ExceptionFilter, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError } from '@casebook/kernel';
import { type FastifyReply } from 'fastify';
import { Auth, type RequestPrincipal } from './auth';
import { AuthModule, CurrentPrincipal, Public, SignedInGuard } from './nest';
import { mountAuth } from './routes';
import { TestClock, TestDirectory, temporaryState } from './testing/portal';

@Catch(DomainError)
class TestFilter implements ExceptionFilter<DomainError> {
  catch(error: DomainError, host: ArgumentsHost): void {
    void host.switchToHttp().getResponse<FastifyReply>().code(401).send({ code: error.code });
  }
}

@Controller()
class TestController {
  @Get('mine')
  mine(@CurrentPrincipal() principal: RequestPrincipal): { name: string } {
    return { name: principal.name };
  }

  @Public()
  @Get('open')
  open(): { open: boolean } {
    return { open: true };
  }
}

describe('the guard in Nest', () => {
  it('protects every route that is not public, and hands the principal on', async () => {
    const clock = new TestClock();
    const { state, close } = await temporaryState(clock);
    const auth = new Auth({
      publicUrl: 'http://127.0.0.1:3000',
      issuer: 'http://127.0.0.1:9',
      clientId: 'casebook',
      state,
      directory: new TestDirectory(),
      clock: clock.now,
    });

    @Module({
      imports: [AuthModule.of(auth)],
      controllers: [TestController],
      providers: [{ provide: APP_GUARD, useExisting: SignedInGuard }],
    })
    class TestModule {}

    const app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter(), { logger: false });
    await mountAuth(app.getHttpAdapter().getInstance(), auth);
    app.useGlobalFilters(new TestFilter());
    await app.init();
    const { token } = await auth.tokens.create({ personId: 'person-ada', companyId: 'acme' }, { name: 'test' });
    const headers = { authorization: `Bearer ${token}` };
    expect((await app.inject({ url: '/mine' })).json()).toEqual({ code: 'auth.required' });
    expect((await app.inject({ url: '/mine', headers })).json()).toEqual({ name: 'Ada Okafor' });
    expect((await app.inject({ url: '/open' })).json()).toEqual({ open: true });
    await app.close();
    await close();
  });
});

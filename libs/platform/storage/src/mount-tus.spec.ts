import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mountTus } from './mount-tus';
import { openFixture, type Fixture } from './testing/fixtures';
import { createTusServer } from './tus-server';

@Controller('echo')
class EchoController {
  @Post()
  echo(@Body() body: unknown): unknown {
    return { body };
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

describe('mountTus beside a Nest application', () => {
  let fixture: Fixture;
  let app: NestFastifyApplication;
  let address: string;

  beforeAll(async () => {
    fixture = await openFixture();
    app = await NestFactory.create<NestFastifyApplication>(EchoModule, new FastifyAdapter({ bodyLimit: 1000 }), {
      logger: false,
    });
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onRequest', async (request) => {
      request.headers['x-seen-by-session'] = 'yes';
    });
    await mountTus(fastify, {
      tus: createTusServer({ ...fixture, path: '/api/uploads' }),
      authorise: (request) => String(request.headers['x-seen-by-session']),
    });
    await app.listen(0, '127.0.0.1');
    address = await app.getUrl();
  });
  afterAll(async () => {
    await app.close();
    await fixture.close();
  });

  it('leaves bodies to the application everywhere else, with its limit', async () => {
    const post = (body: unknown): Promise<Response> =>
      fetch(`${address}/echo`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect(await (await post({ a: 1 })).json()).toEqual({ body: { a: 1 } });
    expect((await post({ a: 'x'.repeat(2000) })).status).toBe(413);
  });

  it('takes uploads of any size, behind the hooks that were there before', async () => {
    const tus = { 'tus-resumable': '1.0.0' };
    const created = await fetch(`${address}/api/uploads`, {
      method: 'POST',
      headers: { ...tus, 'upload-length': '50000', 'content-type': 'application/offset+octet-stream' },
      body: Buffer.alloc(30_000),
    });
    expect(created.status).toBe(201);
    expect(created.headers.get('upload-offset')).toBe('30000');
    const patched = await fetch(new URL(created.headers.get('location') ?? '', address), {
      method: 'PATCH',
      headers: { ...tus, 'upload-offset': '30000', 'content-type': 'application/offset+octet-stream' },
      body: Buffer.alloc(20_000),
    });
    expect(patched.status).toBe(204);
    expect(patched.headers.get('upload-offset')).toBe('50000');
  });
});

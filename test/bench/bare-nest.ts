// A NestJS application on the same adapter with one route that serialises one object: what a request costs at least.
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

const [, , port, file] = process.argv;
const page: unknown = JSON.parse(readFileSync(file ?? '', 'utf8'));

@Controller()
class BareController {
  @Get()
  get(): unknown {
    return page;
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), { logger: false });
  await app.listen(Number(port), '127.0.0.1');
}

void main();

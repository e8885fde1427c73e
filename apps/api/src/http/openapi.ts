import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** The OpenAPI document of the running API. */
export function createOpenApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Casebook')
    .setDescription(
      'Customer support portal for companies that sell support for databases. Session writes carry `X-Casebook: 1`; programs use `Authorization: Bearer` with a personal token. `Idempotency-Key` makes a repeated POST harmless. Writes answer `ETag` and `X-Position`; a read with `X-Read-After` waits for that position. Errors are problem details with a stable `code`.',
    )
    .setVersion('1')
    .addBearerAuth()
    .build();
  return SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '').replace(/^./, (first) => first.toLowerCase())}_${method}`,
  });
}

/** Serves the document at /api/openapi.json and a page to read it at /api/docs. */
export function mountDocs(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, () => createOpenApi(app), { jsonDocumentUrl: 'api/openapi.json' });
}

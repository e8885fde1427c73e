import { createOpenApi } from '../http/openapi';
import type { TestPortal } from './start-portal';

/** One operation of the API, as its OpenAPI document names it. */
export interface Route {
  readonly method: string;
  /** With parameters in braces: `/api/tickets/{number}`. */
  readonly path: string;
}

/** Every operation of the running API. What is mounted beside it (uploads, sign-in) has suites of its own. */
export function routesOf(portal: TestPortal): readonly Route[] {
  return Object.entries(createOpenApi(portal.app).paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({ method: method.toUpperCase(), path })),
  );
}

/** The path with its parameters filled in. */
export function fill(path: string, values: Readonly<Record<string, string>>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? `no-${name}`));
}

import { resolve } from 'node:path';

/** Every setting of Casebook, read once from the environment. Nothing else reads it. */
export interface Config {
  /** `PORT`, default 3000. */
  readonly port: number;
  /** `HOST`, default 127.0.0.1. */
  readonly host: string;
  /** `DATA_DIR`, default `./data`: log, state, keys, read models, files. */
  readonly dataDirectory: string;
  /** `PUBLIC_URL`, default `http://localhost:PORT`: the one address that people use; cookies and sign-in follow it. */
  readonly publicUrl: string;
  /** `DEMO`: default true; `false` starts empty; `exposed` lets demo data be served beyond loopback. */
  readonly demo: 'local' | 'exposed' | 'off';
  /** `OIDC_ISSUER`, `OIDC_CLIENT_ID`, `OIDC_CLIENT_SECRET`: required when `DEMO=false`. */
  readonly oidc?: { readonly issuer: string; readonly clientId: string; readonly clientSecret?: string };
  /** `ADMIN_EMAIL`: made administrator when the log is empty. */
  readonly adminEmail?: string;
  /** `MASTER_KEY_FILE`, default `DATA_DIR/keys/master.key`: wraps all other keys; keep it apart from backups. */
  readonly masterKeyFile: string;
  /** `TRUST_PROXY=true` believes `X-Forwarded-For` and `-Proto`; default false. */
  readonly trustProxy: boolean;
  /** `INSECURE_HTTP=true` allows a plain http address beyond loopback; default false. */
  readonly insecureHttp: boolean;
  /** `LOG_LEVEL`, default `warn`. */
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** A setting that cannot be used. The message is one sentence for whoever starts Casebook. */
export class ConfigError extends Error {}

/** Reads the settings. Throws ConfigError. Starts with an empty environment. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const port = portOf(env['PORT']);
  const host = text(env['HOST']) ?? '127.0.0.1';
  const dataDirectory = resolve(text(env['DATA_DIR']) ?? 'data');
  const publicUrl = urlOf('PUBLIC_URL', text(env['PUBLIC_URL']) ?? `http://localhost:${port}`);
  const demo = demoOf(env['DEMO']);
  const oidc = oidcOf(env);
  const adminEmail = text(env['ADMIN_EMAIL']);
  const insecureHttp = env['INSECURE_HTTP'] === 'true';
  if (demo === 'off' && !oidc) {
    throw new ConfigError(
      'Without demo data, OIDC_ISSUER and OIDC_CLIENT_ID say where people sign in; please set both.',
    );
  }
  if (demo === 'local' && !isLoopback(host)) {
    throw new ConfigError(
      `Demo data has passwords that everybody knows: HOST=${host} needs DEMO=exposed (or DEMO=false for real use).`,
    );
  }
  if (publicUrl.protocol === 'http:' && !isLoopback(publicUrl.hostname) && !insecureHttp) {
    throw new ConfigError(
      `PUBLIC_URL=${publicUrl.origin} is not encrypted; use https, or set INSECURE_HTTP=true for a trial.`,
    );
  }
  return {
    port,
    host,
    dataDirectory,
    publicUrl: publicUrl.origin,
    demo,
    ...(oidc && { oidc }),
    ...(adminEmail !== undefined && { adminEmail }),
    masterKeyFile: resolve(text(env['MASTER_KEY_FILE']) ?? `${dataDirectory}/keys/master.key`),
    trustProxy: env['TRUST_PROXY'] === 'true',
    insecureHttp,
    logLevel: levelOf(env['LOG_LEVEL']),
  };
}

/** True for addresses that no other machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function text(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === undefined || trimmed === '' ? undefined : trimmed;
}

function portOf(value: string | undefined): number {
  const port = Number(text(value) ?? 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ConfigError(`PORT=${value} is not a port; use a number from 1 to 65535.`);
  }
  return port;
}

function urlOf(name: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigError(`${name}=${value} is not an address like https://support.example.com.`);
  }
  return url;
}

function demoOf(value: string | undefined): Config['demo'] {
  switch (text(value)) {
    case undefined:
    case 'true':
      return 'local';
    case 'exposed':
      return 'exposed';
    case 'false':
      return 'off';
    default:
      throw new ConfigError(`DEMO=${value} is not known; use true, exposed or false.`);
  }
}

function oidcOf(env: NodeJS.ProcessEnv): Config['oidc'] {
  const issuer = text(env['OIDC_ISSUER']);
  const clientId = text(env['OIDC_CLIENT_ID']);
  const clientSecret = text(env['OIDC_CLIENT_SECRET']);
  if (issuer === undefined && clientId === undefined) return undefined;
  if (issuer === undefined || clientId === undefined) {
    throw new ConfigError('OIDC_ISSUER and OIDC_CLIENT_ID go together; please set both.');
  }
  urlOf('OIDC_ISSUER', issuer);
  return { issuer, clientId, ...(clientSecret !== undefined && { clientSecret }) };
}

function levelOf(value: string | undefined): Config['logLevel'] {
  const level = text(value) ?? 'warn';
  if (level === 'debug' || level === 'info' || level === 'warn' || level === 'error') return level;
  throw new ConfigError(`LOG_LEVEL=${value} is not known; use debug, info, warn or error.`);
}

import { hostname } from 'node:os';
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
  /** `LOG_FORMAT`, `text` (default) or `json`: one object a line, with correlation ids; `info` adds each request. */
  readonly logFormat: 'text' | 'json';
  /** `CHECKPOINT_DIR`: signed heads of the log are kept there every ten minutes and at the end; best on another disk. */
  readonly checkpointDirectory?: string;
  /** `METRICS_PORT`: serves `GET /metrics` for Prometheus there, on `METRICS_HOST` (default 127.0.0.1); off without it. */
  readonly metrics?: { readonly port: number; readonly host: string };
  /** `OTEL_EXPORTER_OTLP_ENDPOINT` (`http://host:4318`): traces of requests and commands go there; none without it. */
  readonly tracesTo?: string;
  /** `ROLES=http,project,react,mail`, default all: what this instance does. */
  readonly roles: ReadonlySet<Role>;
  /** `INSTANCE`, default host name and process: this instance in leases and on the status page. */
  readonly instance: string;
  /** Servers behind the ports; a port without one uses its embedded engine. */
  readonly engines: EngineSettings;
}

/**
 * What an instance does: answers requests, keeps the shared views up to date, turns events into commands and intents,
 * sends mail.
 */
export type Role = (typeof ROLES)[number];
const ROLES = ['http', 'project', 'react', 'mail'] as const;

export interface EngineSettings {
  /** `EVENTSTOREDB_URL` (`esdb://…`): the event log. */
  readonly eventStoreDb?: string;
  /** `MONGODB_URL` (`mongodb://…/database`): read models, state and keys. */
  readonly mongoDb?: string;
  /** `S3_ENDPOINT`, `S3_REGION`, `S3_BUCKET`, `S3_ACCESS_KEY_ID`, `S3_SECRET_ACCESS_KEY`: files. */
  readonly s3?: S3Settings;
}

export interface S3Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `S3_PUBLIC_ENDPOINT`: the same server as browsers reach it; with it they put large files there themselves. */
  readonly publicEndpoint?: string;
}

/** A setting that cannot be used. The message is one sentence for whoever starts Casebook. */
export class ConfigError extends Error {}

/** Reads the settings. Throws ConfigError. Starts with an empty environment. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const port = portOf('PORT', text(env['PORT']) ?? '3000');
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
  const engines = enginesOf(env);
  assertFilesReachable(engines.s3?.publicEndpoint, publicUrl, insecureHttp);
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
    logFormat: formatOf(env['LOG_FORMAT']),
    ...(text(env['METRICS_PORT']) !== undefined && {
      metrics: { port: portOf('METRICS_PORT', env['METRICS_PORT']), host: text(env['METRICS_HOST']) ?? '127.0.0.1' },
    }),
    ...(text(env['CHECKPOINT_DIR']) !== undefined && {
      checkpointDirectory: resolve(text(env['CHECKPOINT_DIR']) ?? ''),
    }),
    ...tracesOf(env),
    roles: rolesOf(env['ROLES']),
    instance: text(env['INSTANCE']) ?? `${hostname()}/${process.pid}`,
    engines,
  };
}

function tracesOf(env: NodeJS.ProcessEnv): Pick<Config, 'tracesTo'> {
  const tracesTo = text(env['OTEL_EXPORTER_OTLP_ENDPOINT']);
  if (tracesTo === undefined) return {};
  urlOf('OTEL_EXPORTER_OTLP_ENDPOINT', tracesTo);
  return { tracesTo };
}

/** True for addresses that no other machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function text(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === undefined || trimmed === '' ? undefined : trimmed;
}

function portOf(name: string, value: string | undefined): number {
  const port = Number(text(value) ?? Number.NaN);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ConfigError(`${name}=${value} is not a port; use a number from 1 to 65535.`);
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

function formatOf(value: string | undefined): Config['logFormat'] {
  const format = text(value) ?? 'text';
  if (format === 'text' || format === 'json') return format;
  throw new ConfigError(`LOG_FORMAT=${value} is not known; use text or json.`);
}

function rolesOf(value: string | undefined): ReadonlySet<Role> {
  const names = text(value)?.split(',') ?? ROLES;
  const roles = names.map((name) => {
    const role = ROLES.find((one) => one === name.trim());
    if (!role) throw new ConfigError(`ROLES=${value} is not known; name some of ${ROLES.join(', ')}.`);
    return role;
  });
  return new Set(roles);
}

function enginesOf(env: NodeJS.ProcessEnv): EngineSettings {
  const eventStoreDb = text(env['EVENTSTOREDB_URL']);
  const mongoDb = text(env['MONGODB_URL']);
  const s3 = s3Of(env);
  if (eventStoreDb !== undefined && !/^(esdb|kurrentdb|kdb)(\+discover)?:\/\//.test(eventStoreDb)) {
    throw new ConfigError('EVENTSTOREDB_URL is not an address like esdb://user:password@host:2113.');
  }
  if (mongoDb !== undefined && !/^mongodb(\+srv)?:\/\//.test(mongoDb)) {
    throw new ConfigError('MONGODB_URL is not an address like mongodb://host:27017/casebook.');
  }
  return {
    ...(eventStoreDb !== undefined && { eventStoreDb }),
    ...(mongoDb !== undefined && { mongoDb }),
    ...(s3 && { s3 }),
  };
}

/** Parts go there as the portal's pages are read: encrypted. A page that came by https may not go to plain http at all. */
function assertFilesReachable(endpoint: string | undefined, publicUrl: URL, insecureHttp: boolean): void {
  const url = endpoint === undefined ? undefined : new URL(endpoint);
  if (url?.protocol !== 'http:' || isLoopback(url.hostname)) return;
  if (insecureHttp && publicUrl.protocol === 'http:') return;
  throw new ConfigError(
    `S3_PUBLIC_ENDPOINT=${endpoint} is not encrypted; use https, as browsers do not go there from pages over https.`,
  );
}

function s3Of(env: NodeJS.ProcessEnv): S3Settings | undefined {
  const endpoint = text(env['S3_ENDPOINT']);
  if (endpoint === undefined) return undefined;
  urlOf('S3_ENDPOINT', endpoint);
  const publicEndpoint = text(env['S3_PUBLIC_ENDPOINT']);
  if (publicEndpoint !== undefined) urlOf('S3_PUBLIC_ENDPOINT', publicEndpoint);
  const needed = (name: string): string => {
    const value = text(env[name]);
    if (value === undefined) throw new ConfigError(`S3_ENDPOINT is set, so ${name} is needed too; please set it.`);
    return value;
  };
  return {
    endpoint,
    region: text(env['S3_REGION']) ?? 'us-east-1',
    bucket: needed('S3_BUCKET'),
    accessKeyId: needed('S3_ACCESS_KEY_ID'),
    secretAccessKey: needed('S3_SECRET_ACCESS_KEY'),
    ...(publicEndpoint !== undefined && { publicEndpoint }),
  };
}

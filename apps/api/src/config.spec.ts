import { ConfigError, readConfig } from './config';

const S3 = { S3_ENDPOINT: 'http://three:9000', S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'i', S3_SECRET_ACCESS_KEY: 's' };

describe('the settings', () => {
  it('start with an empty environment, on the embedded engines, doing everything', () => {
    const config = readConfig({});
    expect(config).toMatchObject({ port: 3000, host: '127.0.0.1', demo: 'local', engines: {} });
    expect([...config.roles]).toEqual(['http', 'project', 'react', 'mail']);
  });

  it('name servers and roles', () => {
    const { engines, roles, instance } = readConfig({
      EVENTSTOREDB_URL: 'esdb://one:2113?tls=false',
      MONGODB_URL: 'mongodb://two/casebook',
      S3_ENDPOINT: 'http://three:9000',
      S3_PUBLIC_ENDPOINT: 'https://files.example.com',
      S3_BUCKET: 'casebook',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: 'secret',
      ROLES: 'http, project',
      INSTANCE: 'east',
    });
    expect(engines).toEqual({
      eventStoreDb: 'esdb://one:2113?tls=false',
      mongoDb: 'mongodb://two/casebook',
      s3: {
        endpoint: 'http://three:9000',
        region: 'us-east-1',
        bucket: 'casebook',
        accessKeyId: 'id',
        secretAccessKey: 'secret',
        publicEndpoint: 'https://files.example.com',
      },
    });
    expect([...roles]).toEqual(['http', 'project']);
    expect(instance).toBe('east');
  });

  it.each([
    ['https', { S3_PUBLIC_ENDPOINT: 'https://files.example.com', PUBLIC_URL: 'https://support.example.com' }],
    ['this machine', { S3_PUBLIC_ENDPOINT: 'http://127.0.0.1:7070', PUBLIC_URL: 'https://support.example.com' }],
    ['a trial', { S3_PUBLIC_ENDPOINT: 'http://files.example.com', INSECURE_HTTP: 'true' }],
  ])('let browsers reach the bucket: %s', (_case, env) => {
    expect(readConfig({ ...S3, ...env }).engines.s3?.publicEndpoint).toBe(env.S3_PUBLIC_ENDPOINT);
  });

  it.each([
    ['PORT', { PORT: '70000' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'http://support.example.com' }],
    ['HOST', { HOST: '0.0.0.0' }],
    ['DEMO', { DEMO: 'perhaps' }],
    ['OIDC_ISSUER', { DEMO: 'false' }],
    ['OIDC_CLIENT_ID', { DEMO: 'false', OIDC_ISSUER: 'https://id.example.com' }],
    ['ROLES', { ROLES: 'http,everything' }],
    ['EVENTSTOREDB_URL', { EVENTSTOREDB_URL: 'localhost:2113' }],
    ['MONGODB_URL', { MONGODB_URL: 'localhost:27017' }],
    ['S3_BUCKET', { S3_ENDPOINT: 'http://three:9000' }],
    ['S3_PUBLIC_ENDPOINT', { ...S3, S3_PUBLIC_ENDPOINT: 'http://files.example.com' }],
    [
      'S3_PUBLIC_ENDPOINT',
      {
        ...S3,
        S3_PUBLIC_ENDPOINT: 'http://files.example.com',
        PUBLIC_URL: 'https://support.example.com',
        INSECURE_HTTP: 'true',
      },
    ],
    ['METRICS_PORT', { METRICS_PORT: 'nine' }],
    ['LOG_FORMAT', { LOG_FORMAT: 'xml' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
  ])('say in one sentence what is wrong with %s', (name, env) => {
    expect(() => readConfig(env)).toThrow(ConfigError);
    expect(() => readConfig(env)).toThrow(name);
  });
});

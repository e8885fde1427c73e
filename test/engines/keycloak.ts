import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installJava } from './java';
import { cached, freePort, run, serve, type Engine } from './process';

const RELEASE = '26.7.3';
const DISTRIBUTION = `org.keycloak:keycloak-quarkus-dist:${RELEASE}:tar.gz`;
const MAVEN = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';
const REALM = resolve(__dirname, '../../docker/keycloak/casebook-realm.json');
const ADMIN = { user: 'admin', password: 'admin-of-the-test' };
const CLIENT = { OIDC_CLIENT_ID: 'casebook', OIDC_CLIENT_SECRET: 'secret-of-the-test' };
/** The first start also builds; a busy machine takes two minutes. */
const START_SECONDS = 180;

export interface Keycloak extends Engine {
  readonly url: string;
  readonly admin: { readonly user: string; readonly password: string };
}

/** The folder of the server, from Maven. */
export function keycloakHome(): string {
  installJava();
  const distribution = cached(`keycloak-${RELEASE}`, (directory) => {
    // Maven leaves marks of its own where it runs.
    const there = { cwd: directory };
    run('mvn', ['-q', '-B', `${MAVEN}:get`, `-Dartifact=${DISTRIBUTION}`, '-Dtransitive=false'], there);
    run('mvn', ['-q', '-B', `${MAVEN}:unpack`, `-Dartifact=${DISTRIBUTION}`, '-DoutputDirectory=.'], there);
  });
  return join(distribution, `keycloak-${RELEASE}`);
}

/** A real Keycloak in memory with the realm that `docker/compose.yaml` imports, for a portal at `portalUrl`. */
export async function start(portalUrl: string): Promise<Keycloak> {
  const home = keycloakHome();
  importable(home);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const issuer = `${url}/realms/casebook`;
  const listen = ['--http-host=127.0.0.1', `--http-port=${port}`, `--hostname=${url}`];
  const server = await serve(join(home, 'bin/kc.sh'), ['start-dev', ...listen, '--db=dev-mem', '--import-realm'], {
    env: {
      KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.user,
      KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
      CASEBOOK_URL: portalUrl,
      OIDC_CLIENT_SECRET: CLIENT.OIDC_CLIENT_SECRET,
      // Starts in half the time.
      JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1',
      JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx384m',
    },
    seconds: START_SECONDS,
    // The realm is imported before the port opens.
    ready: () =>
      fetch(`${issuer}/.well-known/openid-configuration`).then(
        ({ ok }) => ok,
        () => false,
      ),
  });
  return { settings: { OIDC_ISSUER: issuer, ...CLIENT }, url, admin: ADMIN, stop: () => server.stop() };
}

/** Puts the realm where `--import-realm` looks, in one step: another run may be reading it. */
function importable(home: string): void {
  const directory = join(home, 'data/import');
  mkdirSync(directory, { recursive: true });
  const copy = join(home, `realm.${process.pid}`);
  copyFileSync(REALM, copy);
  renameSync(copy, join(directory, 'casebook-realm.json'));
}

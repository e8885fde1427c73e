// Sign-in through a real Keycloak in real Chromium, with the realm that docker/compose.yaml imports.
// Run: npm run test:keycloak [-- WORD]
import { freePort, type Engine } from '../engines/process';
import { start as startKeycloak } from '../engines/keycloak';
import { RealBrowser } from '../journeys/browser';
import { runJourneys } from '../journeys/journey';
import { PortalProcess } from '../portal-process';
import { KeycloakAdmin } from './admin';
import { backChannel, rotation, signedOut, silent, unverified } from './journeys';

const EMAIL = 'root@support.example';
const word = process.argv[2] ?? '';
const JOURNEYS = [unverified, signedOut, silent, rotation, backChannel].filter(({ name }) => name.includes(word));

async function main(): Promise<number> {
  const toStop: Engine['stop'][] = [];
  try {
    const port = await freePort();
    const keycloak = await startKeycloak(`http://localhost:${port}`);
    toStop.push(() => keycloak.stop());
    const admin = new KeycloakAdmin(keycloak);
    const root = await admin.addUser('root', EMAIL, false);
    const portal = await PortalProcess.start({
      port,
      env: { ...keycloak.settings, DEMO: 'false', ADMIN_EMAIL: EMAIL },
    });
    toStop.push(() => portal.dispose());
    const browser = await RealBrowser.launch(portal.url, keycloak.url);
    toStop.push(() => browser.close());
    return await runJourneys(JOURNEYS, { browser, url: portal.url, keycloak, admin, root, email: EMAIL });
  } finally {
    for (const stop of toStop.reverse()) await stop();
  }
}

void main().then(
  (failures) => process.exit(failures === 0 ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    console.log('0 passed, 1 failed');
    process.exit(1);
  },
);

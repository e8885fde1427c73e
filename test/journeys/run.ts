// Journeys through the built portal in real Chromium. Run: npm run test:journeys [-- WORD] [-- --shots DIR]
import { lockedOut, twoCompanies } from './access';
import { RealBrowser } from './browser';
import { collected, drafts, keyboard, reading, twoTabs, users } from './everyday';
import { runJourneys, type Journey } from './journey';
import { outcome } from './outcome';
import { everyPage } from './pages';
import { PortalProcess } from '../portal-process';
import { harmlessMarkdown, killed } from './reliability';

const at = process.argv.indexOf('--shots');
const shots = at > 0 ? process.argv[at + 1] : undefined;
const word = process.argv[2]?.startsWith('--') === false ? process.argv[2] : '';
const JOURNEYS: readonly Journey[] = [
  ...[outcome, lockedOut, twoCompanies, drafts, keyboard, twoTabs, reading, users, collected],
  ...[harmlessMarkdown, everyPage(shots), killed],
];

async function main(): Promise<void> {
  const portal = await PortalProcess.start();
  const browser = await RealBrowser.launch(portal.url);
  const journeys = JOURNEYS.filter(({ name }) => name.includes(word));
  const failures = await runJourneys(journeys, { browser, portal, url: portal.url });
  await browser.close();
  await portal.dispose();
  process.exit(failures === 0 ? 0 : 1);
}

void main();

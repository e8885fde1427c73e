import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Journey, Place } from './journey';

const SIDES = [
  {
    email: 'ada@acme.example',
    paths: ['/', '/tickets/new', '/tickets', '/tickets/mine', '/tickets/overview', '/plans', '/users', '/profile'],
    ticket: 'customer',
  },
  {
    email: 'erin@support.example',
    paths: ['/queue', '/tickets', '/tickets/mine', '/companies', '/plans', '/profile'],
    ticket: 'engineer',
  },
  { email: 'root@support.example', paths: ['/administration', '/status'], ticket: 'administrator' },
] as const;
const LOOKS = [
  { width: 1440, height: 900, colorScheme: 'light' },
  { width: 1440, height: 900, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
] as const;

/** Every page in both themes, wide and narrow: axe finds nothing, nothing scrolls sideways. Pictures go to `shots`. */
export function everyPage(shots: string | undefined): Journey {
  return {
    name: 'every page, light and dark, wide and narrow: axe finds nothing, nothing scrolls sideways',
    async run(place) {
      const found: string[] = [];
      for (const { email, paths, ticket } of SIDES) {
        for (const { colorScheme, ...viewport } of LOOKS) {
          const page = await place.browser.signIn(email, { viewport, colorScheme });
          const number = await someTicket(page);
          const all = [
            ...paths,
            `/tickets/${number}`,
            ...(ticket === 'engineer' ? [`/tickets/${number}/can-report`] : []),
          ];
          for (const path of all) {
            const name = `${ticket} ${path.replace(number, 'NUMBER')} ${viewport.width} ${colorScheme}`;
            found.push(...(await look(place, page, path, name, shots)));
          }
          await page.context().close();
        }
      }
      assert.deepEqual(found, []);
    },
  };
}

async function look(place: Place, page: Page, path: string, name: string, shots?: string): Promise<string[]> {
  await page.goto(place.url + path);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page
    .locator('.gray')
    .first()
    .waitFor({ state: 'detached' })
    .catch(() => undefined);
  await page.waitForTimeout(150);
  if (shots !== undefined) {
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `${name.replaceAll(/\W+/g, '-')}.png`), fullPage: true });
  }
  const wide = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  const sideways = wide > 1 ? [`${name}: scrolls sideways by ${wide} px`] : [];
  return [...sideways, ...(await place.browser.axe(page)).map((one) => `${name}: ${one}`)];
}

/** A ticket of Acme with a proposed workaround: both sides may see it, and it has something of everything. */
async function someTicket(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const answer = await fetch('/api/search?q=standby stopped replaying');
    const { items } = (await answer.json()) as { items: { number: string }[] };
    const pages = await Promise.all(
      items.map(
        async ({ number }) =>
          (
            (await (await fetch(`/api/tickets/${number}`)).json()) as {
              ticket: { stage: string; company: { name: string } };
            }
          ).ticket,
      ),
    );
    const at = pages.findIndex(({ stage, company }) => stage === 'mitigation' && company.name === 'Acme Retail');
    return items[Math.max(0, at)]?.number ?? '';
  });
}

import assert from 'node:assert/strict';
import { openTicket } from './api';
import type { Journey } from './journey';

export const killed: Journey = {
  name: 'a killed server loses no acknowledged reply; the page says so and comes back by itself',
  async run({ browser, portal, url }) {
    const erin = await browser.signIn('erin@support.example');
    await erin.goto(`${url}/queue`);
    await erin.getByRole('row').filter({ hasText: 'Acme Retail' }).getByRole('link').first().click();
    await erin.getByRole('tab', { name: /^Reply/ }).click();
    const box = erin.getByRole('region', { name: 'Write' }).getByRole('textbox').first();
    await box.fill('Acknowledged before the power went.');
    await erin.getByRole('button', { name: /^Send/ }).last().click();
    await erin.locator('.tl').getByText('Acknowledged before the power went.').waitFor();
    await box.fill('Typed while it was away');
    await browser.whileAway(async () => {
      await portal.end('SIGKILL');
      await erin.getByText(/Offline since/).waitFor({ timeout: 30_000 });
      await portal.start();
      await erin.locator('.live').filter({ hasText: 'Live' }).waitFor({ timeout: 30_000 });
    });
    assert.equal(await box.inputValue(), 'Typed while it was away');
    await erin.reload();
    await erin.locator('.tl').getByText('Acknowledged before the power went.').waitFor();
  },
};

export const harmlessMarkdown: Journey = {
  name: 'hostile Markdown does nothing and calls nobody',
  async run({ browser, url }) {
    const gus = await browser.signIn('gus@globex.example');
    const body =
      '<script>document.title="owned"</script> [x](javascript:document.title="owned") ![i](https://example.invalid/i.png) <img src=x onerror=alert(1)>';
    const number = await openTicket(gus, '<b>bold?</b>', body);
    await gus.goto(`${url}/tickets/${number}`);
    await gus.getByText('<script>').first().waitFor();
    assert.equal(await gus.locator('.tl script, .tl img, .tl a[href^="javascript"]').count(), 0);
    assert.doesNotMatch(await gus.title(), /owned/);
  },
};

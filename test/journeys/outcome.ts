import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Journey } from './journey';

/** What both sides do from a severity 1 to its accepted resolution, each page following by itself. */
export const outcome: Journey = {
  name: 'an S1 from the wizard to an accepted resolution, seen live on both sides',
  async run({ browser, url }) {
    const ada = await browser.signIn('ada@acme.example');
    const erin = await browser.signIn('erin@support.example');
    await erin.goto(`${url}/queue`);
    await erin.getByRole('heading', { name: 'Queue' }).waitFor();

    const number = await openTicket(ada, url);
    await erin.getByRole('alert').filter({ hasText: number }).waitFor();
    assert.match(await erin.title(), /^\(1\) /);

    await erin.goto(`${url}/tickets/${number}`);
    await ada.goto(`${url}/tickets/${number}`);
    await erin.getByRole('button', { name: /^Take/ }).first().click();
    await ada.getByText('took the ticket').waitFor();

    await write(erin, /^Reply/, 'We look at it **now**.', /^Send/);
    await ada.getByText('We look at it').waitFor();
    await write(erin, 'Internal note', 'Same controller as in spring.', /note/i);
    await erin.getByText('Same controller as in spring.').first().waitFor();

    await write(erin, 'Workaround', 'Promote the standby.', /^Propose/);
    await ada.getByText('Promote the standby.').waitFor();
    await ada
      .getByRole('button', { name: /^Accept/ })
      .first()
      .click();
    await ada
      .getByRole('button', { name: /applied/i })
      .first()
      .click();
    await ada
      .getByRole('button', { name: /worked/i })
      .first()
      .click();
    await erin
      .getByText(/worked/i)
      .first()
      .waitFor();

    await erin.getByRole('tab', { name: 'Resolution' }).click();
    await erin.getByRole('textbox', { name: 'Symptoms' }).fill('The primary did not start.');
    await erin.getByRole('textbox', { name: 'Root cause' }).fill('A cache without battery.');
    await erin.getByRole('textbox', { name: 'Steps' }).fill('Replace the battery.');
    await erin.getByRole('button', { name: /^Propose/ }).click();
    await ada.getByText('A cache without battery.').first().waitFor();
    await ada
      .getByRole('button', { name: /^Accept/ })
      .first()
      .click();
    await ada.getByRole('dialog').getByRole('button', { name: 'Accept resolution' }).click();
    await erin.locator('.steps [aria-current]').filter({ hasText: 'Closed' }).waitFor();

    assert.equal(await ada.getByText('Same controller as in spring.').count(), 0);
    const [theirs, ours] = await Promise.all([numbers(ada), numbers(erin)]);
    assert.deepEqual(
      ours.filter((entry) => /^\d+$/.test(entry)),
      theirs,
    );
    assert.ok(ours.some((entry) => /^\d+a$/.test(entry)));
  },
};

/** Goes through the five steps and attaches a file; answers the ticket's number. */
async function openTicket(page: Page, url: string): Promise<string> {
  await page.goto(`${url}/tickets/new`);
  await page.getByText('Production support 24×7').first().click();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('radio', { name: 'S1 Urgent' }).check();
  await page.getByRole('button', { name: 'Next: products' }).click();
  await page.getByLabel('Supported software').selectOption('postgresql');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('button', { name: 'Next: the issue' }).click();
  await page.getByLabel('Subject').fill('PANIC: could not locate a valid checkpoint record');
  await page.locator('#description').fill('The primary does not start.');
  await page.reload();
  assert.equal(await page.locator('#description').inputValue(), 'The primary does not start.');
  await page.getByRole('button', { name: 'Create ticket and alert the shift' }).click();
  const link = page.getByRole('status').getByRole('link', { name: /^CB-\d+$/ });
  await link.waitFor();
  const number = (await link.textContent()) ?? '';
  const file = {
    name: 'postgresql.log',
    mimeType: 'text/plain',
    buffer: Buffer.from('PANIC: checkpoint\n'.repeat(2_000)),
  };
  await page.locator('input[type=file]').first().setInputFiles(file);
  await page.getByText('stored encrypted').first().waitFor();
  return number;
}

async function write(page: Page, tab: string | RegExp, text: string, send: RegExp): Promise<void> {
  await page.getByRole('tab', { name: tab }).click();
  const composer = page.getByRole('region', { name: 'Write' });
  await composer.getByRole('textbox').first().fill(text);
  await composer.getByRole('button', { name: send }).last().click();
  await page.getByText(text.replaceAll('*', '').slice(0, 13)).first().waitFor();
}

/** Entry numbers in the order of the page. */
async function numbers(page: Page): Promise<string[]> {
  const all = await page.locator('.tl .g a').allTextContents();
  return all.map((text) => text.trim()).filter((text) => text !== '');
}

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { openTicket, send } from './api';
import type { Journey } from './journey';

const box = (page: Page) => page.getByRole('region', { name: 'Write' }).getByRole('textbox').first();

export const drafts: Journey = {
  name: 'what was typed survives a reload, in the reply and in the wizard',
  async run({ browser, url }) {
    const ada = await browser.signIn('ada@acme.example');
    const number = await openTicket(ada, 'Drafts are kept');
    await ada.goto(`${url}/tickets/${number}`);
    await ada.getByRole('tab', { name: /^Reply/ }).click();
    await box(ada).fill('Half a sentence about the');
    await ada.reload();
    await ada.getByRole('tab', { name: /^Reply/ }).click();
    assert.equal(await box(ada).inputValue(), 'Half a sentence about the');

    await ada.goto(`${url}/tickets/new`);
    await ada.getByText('Production support 24×7').first().click();
    await ada.getByRole('button', { name: 'Next' }).click();
    await ada.getByRole('radio', { name: 'S3 Normal' }).check();
    await ada.reload();
    await ada.getByRole('radio', { name: 'S3 Normal' }).waitFor();
    assert.equal(await ada.getByRole('radio', { name: 'S3 Normal' }).isChecked(), true);
  },
};

export const keyboard: Journey = {
  name: 'a ticket is found and answered without touching the mouse',
  async run({ browser }) {
    const ada = await browser.signIn('ada@acme.example');
    const number = await openTicket(ada, 'Autovacuum never finishes on the ledger');
    const erin = await browser.signIn('erin@support.example');
    await erin.keyboard.press('/');
    await erin.keyboard.type(number);
    await erin.getByRole('option').filter({ hasText: number }).waitFor();
    await erin.keyboard.press('Enter');
    await erin.getByRole('heading', { name: 'Autovacuum never finishes on the ledger' }).waitFor();
    await erin.locator('h1').click();
    await erin.keyboard.press('t');
    await erin.locator('.tl').getByText('took the ticket').waitFor();
    await erin.keyboard.press('r');
    await erin.locator('textarea:focus').waitFor();
    await erin.keyboard.type('Which table?');
    await erin.keyboard.press('Control+Enter');
    await erin.locator('.tl').getByText('Which table?').waitFor();
  },
};

export const twoTabs: Journey = {
  name: 'two engineers take one ticket at once: one has it, the other is told who, and keeps the draft',
  async run({ browser, url }) {
    const ada = await browser.signIn('ada@acme.example');
    const number = await openTicket(ada, 'Taken twice');
    const erin = await browser.signIn('erin@support.example');
    const priya = await browser.signIn('priya@support.example');
    await Promise.all([erin.goto(`${url}/tickets/${number}`), priya.goto(`${url}/tickets/${number}`)]);
    const take = (page: Page) => page.getByRole('button', { name: /^Take/ }).first();
    await priya.getByRole('tab', { name: /^Reply/ }).click();
    await box(priya).fill('I was about to say');
    await take(priya).waitFor();
    await browser.whileAway(async () => {
      // The second page does not hear of it in time: what it could not read then, it reads again by itself.
      await priya.context().setOffline(true);
      await take(erin).click();
      await erin.locator('.tl').getByText('took the ticket').waitFor();
      await priya.waitForTimeout(1_000);
      await priya.context().setOffline(false);
      await priya.getByRole('button', { name: '1 new entry' }).click({ timeout: 30_000 });
      await priya.locator('.tl').getByText('Erin Vogt took the ticket').waitFor();
    });
    assert.equal(await take(priya).count(), 0);
    assert.equal(await box(priya).inputValue(), 'I was about to say');
    await browser.whileAway(async () => {
      const { status, body } = await send(priya, `/tickets/${number}/assignee`, { me: true }, 'PUT');
      assert.equal(status, 409);
      assert.match(JSON.stringify(body), /ticket.has_owner/);
    });
  },
};

export const reading: Journey = {
  name: 'who reads further up is told of new entries, never moved; a run of changes folds and opens',
  async run({ browser, url }) {
    const ada = await browser.signIn('ada@acme.example');
    const number = await openTicket(ada, 'A long conversation');
    const erin = await browser.signIn('erin@support.example');
    for (let n = 1; n <= 12; n++)
      await send(erin, `/tickets/${number}/replies`, {
        body: `Step ${n}\n\nWait for it.\n\nLook again.`,
        owes: 'vendor',
      });
    await ada.goto(`${url}/tickets/${number}`);
    await ada.locator('.tl').getByText('Step 12').waitFor();
    await ada.evaluate('scrollTo(0, 0)');
    await ada.waitForTimeout(300);
    await send(erin, `/tickets/${number}/replies`, { body: 'The newest word', owes: 'customer' });
    const told = ada.getByRole('button', { name: '1 new entry' });
    await told.waitFor();
    assert.equal(await ada.evaluate('scrollY'), 0);
    await told.click();
    await ada.locator('.tl').getByText('The newest word').waitFor();
    await told.waitFor({ state: 'detached' });
  },
};

export const collected: Journey = {
  name: 'what a collector sent by a personal token is attached to a ticket, and read by the engineer',
  async run({ browser, url }) {
    const ada = await browser.signIn('ada@acme.example');
    const number = await openTicket(ada, 'Evidence comes from a collector');
    const { body } = await send(ada, '/me/tokens', { name: 'collector', scopes: ['write'] });
    const bytes = randomBytes(70_000);
    const answer = await fetch(`${url}/api/insights/collections`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${(body as { token: string }).token}`,
        'content-type': 'application/octet-stream',
        'x-content-sha256': createHash('sha256').update(bytes).digest('hex'),
        'x-file-name': 'db1.tar.bz2',
      },
      body: bytes,
    });
    assert.equal(answer.status, 201);
    await ada.goto(`${url}/tickets/${number}`);
    await ada.getByRole('tab', { name: 'Evidence only' }).click();
    await ada.getByRole('button', { name: 'From a collector' }).click();
    await ada.getByRole('button', { name: 'Attach db1.tar.bz2' }).click();
    await ada.getByText(`attached to ${number}`).waitFor();
    const erin = await browser.signIn('erin@support.example');
    await erin.goto(`${url}/tickets/${number}`);
    const [download] = await Promise.all([
      erin.waitForEvent('download'),
      erin.locator('.tl').getByRole('link', { name: 'db1.tar.bz2' }).click(),
    ]);
    assert.deepEqual(await readFile(await download.path()), bytes);
  },
};

export const users: Journey = {
  name: 'an administrator invites, promotes, locks and unlocks on the page of users',
  async run({ browser, url }) {
    const gus = await browser.signIn('gus@globex.example');
    await gus.goto(`${url}/users`);
    await gus.getByRole('textbox', { name: 'Name' }).fill('Demo Invited');
    await gus.getByRole('textbox', { name: 'Mail address' }).fill('invited@globex.example');
    await gus.getByRole('button', { name: 'Invite', exact: true }).click();
    const row = gus.getByRole('row').filter({ hasText: 'invited@globex.example' });
    await row.waitFor();
    await row
      .getByText(/invited/i)
      .first()
      .waitFor();
    for (const [verb, after] of [
      [/^Make admin/i, 'A'],
      [/^Lock/i, 'locked'],
      [/^Unlock/i, 'invited'],
    ] as const) {
      await row.getByRole('button', { name: verb }).click();
      await gus.getByRole('dialog').getByRole('button', { name: verb }).click();
      await row.locator('.chip').filter({ hasText: after }).waitFor();
    }
  },
};

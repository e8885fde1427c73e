import assert from 'node:assert/strict';
import { send } from './api';
import type { Journey } from './journey';

export const lockedOut: Journey = {
  name: 'a user who is locked is out at once, with a page open',
  async run({ browser, url }) {
    const ada = await browser.signIn('ada@acme.example');
    const uma = await browser.signIn('uma@acme.example');
    await uma.goto(`${url}/users`);
    await uma.getByText('Uma de Wit').first().waitFor();
    assert.equal(await uma.getByRole('button', { name: /lock/i }).count(), 0);
    const { items } = (await ada.evaluate(async () => (await fetch('/api/users')).json())) as {
      items: { id: string; email: string }[];
    };
    const id = items.find(({ email }) => email === 'uma@acme.example')?.id ?? '';
    const act = async (action: string) => (await send(ada, `/users/${id}/${action}`)).status;
    await browser.whileAway(async () => {
      assert.equal(await act('lock'), 200);
      await uma.waitForURL(/sign-in/, { timeout: 15_000 });
    });
    assert.equal(await act('unlock'), 200);
  },
};

export const twoCompanies: Journey = {
  name: 'a person who serves two companies is in one at a time',
  async run({ browser }) {
    const cora = await browser.signIn('cora@consult.example');
    await cora.getByRole('button', { name: /account/i }).click();
    await cora.getByRole('menuitemradio', { name: 'Globex Energy' }).click();
    await cora.locator('.nav-foot').getByText('Globex Energy').waitFor();
    assert.equal(await cora.locator('.nav-foot').getByText('Acme').count(), 0);
  },
};

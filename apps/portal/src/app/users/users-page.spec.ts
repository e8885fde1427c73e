import { HttpErrorResponse } from '@angular/common/http';
import { signal } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { Subject } from 'rxjs';
import { ApiClient } from '../api/api-client';
import type { User, Users } from '../api/types';
import { type Change, LiveStore } from '../live/live-store';
import { SessionStore } from '../session/session-store';
import { Ask } from '../ui/ask';
import { UsersPage } from './users-page';

const ADA: User = {
  id: 'ada',
  name: 'Ada Visser',
  side: 'customer',
  role: 'A',
  status: 'active',
  email: 'ada@a.example',
};
const MARTA: User = { id: 'marta', name: 'Marta Kowalczyk', side: 'customer', role: 'A', status: 'active' };
const UMA: User = { id: 'uma', name: 'Uma de Wit', side: 'customer', role: 'U', status: 'active' };

/** Lets the answers of the faked API arrive, then the page render. */
async function settle(fixture: ComponentFixture<UsersPage>): Promise<void> {
  await fixture.whenStable();
  await new Promise((resolve) => setTimeout(resolve));
  await fixture.whenStable();
}

describe('UsersPage', () => {
  const changes = new Subject<Change>();
  const isAdmin = signal(true);
  const users = jest.fn<Promise<Users>, []>();
  const setRole = jest.fn();
  const userAction = jest.fn();
  const inviteUser = jest.fn();

  async function setUp(items: readonly User[], contacts = items.length) {
    users.mockResolvedValue({ items, contacts, contactLimit: 8 });
    TestBed.configureTestingModule({
      providers: [
        provideRouter([]),
        { provide: ApiClient, useValue: { users, setRole, userAction, inviteUser } },
        { provide: LiveStore, useValue: { changes, reloads: new Subject() } },
        {
          provide: SessionStore,
          useValue: {
            isAdmin,
            isCustomer: signal(true),
            isStaff: signal(false),
            me: signal({ id: 'ada' }),
            load: () => Promise.resolve(),
          },
        },
      ],
    });
    const fixture = TestBed.createComponent(UsersPage);
    await settle(fixture);
    const page = fixture.nativeElement as HTMLElement;
    const button = (label: string) => page.querySelector<HTMLButtonElement>(`button[aria-label="${label}"]`);
    return { fixture, page, button };
  }

  beforeEach(() => {
    jest.clearAllMocks();
    localStorage.clear();
    isAdmin.set(true);
  });

  it('gives the last admin a reason in place of actions', async () => {
    const { page, button } = await setUp([ADA, UMA]);
    expect(button('Make user: Ada Visser')).toBeNull();
    expect(button('Lock: Ada Visser')).toBeNull();
    expect(page.textContent).toContain('The last admin stays one.');
    expect(button('Make admin: Uma de Wit')).not.toBeNull();
  });

  it('asks before it locks, with the verb on the button', async () => {
    const { button } = await setUp([ADA, MARTA, UMA]);
    button('Lock: Uma de Wit')?.click();
    const question = TestBed.inject(Ask).question();
    expect(question).toMatchObject({ title: 'Lock Uma de Wit?', verb: 'Lock' });
    expect(userAction).not.toHaveBeenCalled();
    await question?.act('', '');
    expect(userAction).toHaveBeenCalledWith('uma', 'lock');
    expect(users).toHaveBeenCalledTimes(2);
  });

  it('promotes and demotes through the role', async () => {
    const { button } = await setUp([ADA, MARTA, UMA]);
    button('Make admin: Uma de Wit')?.click();
    await TestBed.inject(Ask).question()?.act('', '');
    expect(setRole).toHaveBeenLastCalledWith('uma', 'A');
    button('Make user: Marta Kowalczyk')?.click();
    await TestBed.inject(Ask).question()?.act('', '');
    expect(setRole).toHaveBeenLastCalledWith('marta', 'U');
  });

  it('shows a user no management and names who may', async () => {
    isAdmin.set(false);
    const { page } = await setUp([ADA, MARTA, UMA]);
    expect(page.querySelectorAll('button')).toHaveLength(0);
    expect(page.textContent).toContain('ask Ada Visser or Marta Kowalczyk');
    expect(page.textContent).toContain('3 of 8 contacts in use');
  });

  it('takes the invitation form away when every place is in use', async () => {
    const { page } = await setUp([ADA, UMA], 8);
    expect(page.querySelector('form')).toBeNull();
    expect(page.textContent).toContain('8 of 8 contacts are in use. Lock one first');
  });

  it("puts the server's objection at the field and keeps what was typed", async () => {
    inviteUser.mockRejectedValue(
      new HttpErrorResponse({
        status: 422,
        error: {
          code: 'invalid',
          detail: 'Please check.',
          status: 422,
          fields: [{ path: 'email', message: 'No address.' }],
        },
      }),
    );
    const { fixture, page } = await setUp([ADA, UMA]);
    const name = page.querySelector<HTMLInputElement>('#invite-name');
    const email = page.querySelector<HTMLInputElement>('#invite-email');
    if (!name || !email) throw new Error('The form is missing.');
    name.value = 'Noor Haddad';
    email.value = 'noor';
    name.dispatchEvent(new Event('input'));
    email.dispatchEvent(new Event('input'));
    page.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    await settle(fixture);
    expect(inviteUser).toHaveBeenCalledWith('Noor Haddad', 'noor', 'U');
    expect(page.querySelector('#invite-email-err')?.textContent).toContain('No address.');
    expect(email.getAttribute('aria-invalid')).toBe('true');
    expect(email.value).toBe('noor');
  });

  it('says what went wrong when the list cannot be read, and tries again', async () => {
    users.mockRejectedValueOnce(new HttpErrorResponse({ status: 503 }));
    const { fixture, page } = await setUp([ADA]);
    expect(page.textContent).toContain('The list of users could not be shown');
    page.querySelector<HTMLButtonElement>('button')?.click();
    await settle(fixture);
    expect(page.textContent).toContain('Ada Visser');
  });
});

import { Component, computed, inject, signal } from '@angular/core';
import { SessionStore } from '../session/session-store';
import { Appearance, type Density, type Theme } from '../shell/appearance';
import { Keys } from '../shell/keys';
import { ApiTokens } from './api-tokens';

const SOUND = 'casebook.sound';

/** Who you are here, how the portal looks on this device, and your API tokens. */
@Component({
  selector: 'cb-profile-page',
  imports: [ApiTokens],
  templateUrl: './profile-page.html',
})
export class ProfilePage {
  protected readonly session = inject(SessionStore);
  protected readonly appearance = inject(Appearance);
  protected readonly keys = inject(Keys);
  protected readonly me = this.session.me;
  protected readonly sound = signal(localStorage.getItem(SOUND) !== 'off');
  /** Staff begin compact, customers comfortable. */
  protected readonly density = computed(
    () => this.appearance.density() ?? (this.session.isStaff() ? 'compact' : 'comfortable'),
  );
  protected readonly role = computed(() => {
    const me = this.me();
    if (me?.kind === 'staff') return me.roles.join(', ').replaceAll('_', ' ');
    return me?.roles.includes('A') ? 'A, subscription admin' : 'U, user';
  });
  protected readonly themes: readonly { readonly value: Theme; readonly label: string }[] = [
    { value: 'system', label: 'As the device' },
    { value: 'light', label: 'Light' },
    { value: 'dark', label: 'Dark' },
  ];
  protected readonly densities: readonly { readonly value: Density; readonly label: string }[] = [
    { value: 'comfortable', label: 'Comfortable' },
    { value: 'compact', label: 'Compact' },
  ];

  protected setTheme(theme: Theme): void {
    this.appearance.setTheme(theme);
    // Setting a theme applies the density as well, of which the page knows the beginning.
    this.appearance.apply(this.density());
  }

  protected setKeys(on: boolean): void {
    if (this.keys.on() !== on) this.keys.toggle();
  }

  protected setSound(on: boolean): void {
    this.sound.set(on);
    localStorage.setItem(SOUND, on ? 'on' : 'off');
  }
}

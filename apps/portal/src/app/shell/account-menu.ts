import { Component, inject, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { SessionStore } from '../session/session-store';
import { Appearance, type Density, type Theme } from './appearance';

@Component({
  selector: 'cb-account-menu',
  imports: [RouterLink],
  template: `<div class="menu right" role="menu" aria-label="Your account">
    @if (session.me(); as me) {
      <div class="lbl">{{ me.name }}<br />{{ me.email }}</div>
      @if (me.companies.length > 1) {
        <hr />
        <div class="lbl">Company</div>
        @for (company of me.companies; track company.id) {
          <button
            type="button"
            role="menuitemradio"
            [attr.aria-checked]="company.id === me.company?.id"
            (click)="session.switchCompany(company.id)"
          >
            <i class="i" [class.i-check]="company.id === me.company?.id" aria-hidden="true"></i>{{ company.name }}
          </button>
        }
      }
      <hr />
      <div class="lbl">Theme</div>
      @for (theme of themes; track theme) {
        <button
          type="button"
          role="menuitemradio"
          [attr.aria-checked]="theme === look.theme()"
          (click)="setTheme(theme)"
        >
          <i class="i" [class.i-check]="theme === look.theme()" aria-hidden="true"></i
          >{{ theme === 'system' ? 'As the system' : theme === 'light' ? 'Light' : 'Dark' }}
        </button>
      }
      <div class="lbl">Density</div>
      @for (density of densities; track density) {
        <button
          type="button"
          role="menuitemradio"
          [attr.aria-checked]="density === current()"
          (click)="setDensity(density)"
        >
          <i class="i" [class.i-check]="density === current()" aria-hidden="true"></i
          >{{ density === 'compact' ? 'Compact' : 'Comfortable' }}
        </button>
      }
      <hr />
      <a role="menuitem" routerLink="/profile" (click)="closed.emit()"
        ><i class="i i-user" aria-hidden="true"></i>Profile and API tokens</a
      >
      <button type="button" role="menuitem" (click)="session.signOut()">
        <i class="i i-logout" aria-hidden="true"></i>Sign out
      </button>
    }
  </div>`,
  host: { '(keydown.escape)': 'closed.emit()' },
})
export class AccountMenu {
  protected readonly session = inject(SessionStore);
  protected readonly look = inject(Appearance);
  protected readonly themes: readonly Theme[] = ['system', 'light', 'dark'];
  protected readonly densities: readonly Density[] = ['compact', 'comfortable'];
  readonly closed = output();

  protected current(): Density {
    return this.look.density() ?? (this.session.isStaff() ? 'compact' : 'comfortable');
  }

  protected setTheme(theme: Theme): void {
    this.look.setTheme(theme);
    this.closed.emit();
  }

  protected setDensity(density: Density): void {
    this.look.setDensity(density);
    this.closed.emit();
  }
}

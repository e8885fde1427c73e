import { Component, computed, DestroyRef, inject } from '@angular/core';
import { ApiClient } from '../api/api-client';
import type { PublicStatus } from '../api/types';
import { Logo } from '../shell/logo';
import { LoadState } from '../ui/load-state';
import { Loaded } from '../ui/loaded';
import { fullTime } from '../ui/time';

const REFRESH_MS = 30_000;
const SENTENCES = {
  working: 'Everything works.',
  behind: 'Some pages may not show the newest changes yet.',
  unavailable: 'Something does not work at the moment.',
} as const;
const LOOKS = {
  working: { look: 'ok', icon: 'i-circle-check' },
  behind: { look: 'wa', icon: 'i-alert-triangle' },
  unavailable: { look: 'cr', icon: 'i-alert-octagon' },
} as const;

/** What works, for everybody, also signed out. */
@Component({
  selector: 'cb-public-status-page',
  imports: [LoadState, Logo],
  template: `<div class="si">
    <div class="nav" role="banner">
      <a class="mark" href="/"><cb-logo />Casebook</a>
    </div>
    <main id="main">
      <div class="sib">
        <h1 class="si-h">Status</h1>
        <cb-load-state [of]="status" what="The status" />
        @if (status.value(); as now) {
          <p class="mid">
            <b>{{ sentences[now.state] }}</b>
          </p>
          <ul class="sheet todo parts">
            @for (part of now.parts; track part.name) {
              <li>
                <i class="i fs {{ looks[part.state].look }} {{ looks[part.state].icon }}" aria-hidden="true"></i>
                <span
                  ><b>{{ part.name }}</b
                  ><span class="s13">{{ part.says }}</span></span
                >
              </li>
            }
          </ul>
          <p class="s13 dim">As of {{ asOf() }}, refreshed each 30 s. <a href="/">Back to the portal</a></p>
        }
      </div>
    </main>
  </div>`,
})
export class PublicStatusPage {
  readonly #api = inject(ApiClient);
  protected readonly status = new Loaded<PublicStatus>(() => this.#api.publicStatus());
  protected readonly sentences = SENTENCES;
  protected readonly looks = LOOKS;
  protected readonly asOf = computed(() => fullTime(this.status.value()?.asOf ?? new Date().toISOString()));

  constructor() {
    void this.status.load();
    const timer = setInterval(() => void this.status.load(), REFRESH_MS);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
    });
  }
}

import { Component, computed, inject, input } from '@angular/core';
import { Toasts } from '../ui/toasts';
import { size as sizeText } from '../ui/upload-progress';

/** An attached file, to be downloaded. Each download is recorded. */
@Component({
  selector: 'cb-file-link',
  template: `<a class="file" [href]="'/api/tickets/' + ticket() + '/attachments/' + id()" download>
      @if (archive()) {
        <i class="i i-file-zip" aria-hidden="true"></i>
      } @else {
        <i class="i i-file-text" aria-hidden="true"></i>
      }
      <span class="nm grow">{{ name() ?? 'Erased name' }}</span><span class="dim nw" [title]="size() + ' bytes'">{{
        shown()
      }}</span>
      @if (sealed()) {
        <span class="chip ok"><i class="i i-shield-check" aria-hidden="true"></i>stored encrypted</span>
      }
    </a>
    @if (sha256(); as sum) {
      <span class="file-sum">
        <span class="mono dim" [title]="sum">SHA-256 {{ sum.slice(0, 16) }}…</span>
        <button
          class="btn-i mini"
          type="button"
          [attr.aria-label]="'Copy the SHA-256 of ' + (name() ?? 'the file')"
          (click)="copy(sum)"
        >
          <i class="i i-copy" aria-hidden="true"></i>
        </button>
      </span>
    }`,
})
export class FileLink {
  readonly ticket = input.required<string>();
  readonly id = input.required<string>();
  readonly name = input.required<string | null>();
  readonly size = input.required<number>();
  readonly type = input('');
  /** Says that the file is stored encrypted, where there is room. */
  readonly sealed = input(true);
  /** Shown in short, to be copied whole and compared with what was sent. */
  readonly sha256 = input<string>();
  readonly #toasts = inject(Toasts);
  protected readonly shown = computed(() => sizeText(this.size()));
  protected readonly archive = computed(() =>
    /zip|tar|compressed|zst|bz2|xz/.test(`${this.type()} ${this.name() ?? ''}`),
  );

  protected async copy(sum: string): Promise<void> {
    await navigator.clipboard.writeText(sum);
    this.#toasts.show(`SHA-256 of ${this.name() ?? 'the file'} copied.`);
  }
}

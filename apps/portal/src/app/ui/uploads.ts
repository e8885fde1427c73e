import { Component, DestroyRef, type ElementRef, inject, input, output, signal, viewChild } from '@angular/core';
import { ApiClient } from '../api/api-client';
import type { TicketWritten } from '../api/types';
import { Collections } from './collections';
import { Transports } from './transport/transports';
import { Upload } from './upload';
import { uploadProgress } from './upload-progress';

/**
 * Files of any size for a ticket: chosen or dropped, sent with progress, pause and resume, and attached when they are
 * there. `add` takes files from elsewhere, such as a drop on a composer.
 */
@Component({
  selector: 'cb-uploads',
  imports: [Collections],
  template: `
    <div
      class="up-area"
      [class.compact]="compact()"
      [class.over]="over()"
      (dragover)="drag($event)"
      (dragleave)="over.set(false)"
      (drop)="drop($event)"
    >
      <i class="i i-paperclip" aria-hidden="true"></i>
      <button class="btn-c" type="button" (click)="open()">Attach files</button>
      @if (!compact()) {
        <span class="dim">or drop them here. Any size; stored encrypted.</span>
        <cb-collections class="up-from" [number]="number()" (attached)="attached.emit($event)" />
      }
      <input #chooser type="file" multiple hidden aria-label="Files to attach" (change)="choose($event)" />
    </div>
    @if (uploads().length) {
      <ul class="up-list" aria-label="Files being sent">
        @for (upload of uploads(); track upload) {
          <li class="file up">
            <i class="i i-file-text" aria-hidden="true"></i>
            <span class="nm grow">{{ upload.file.name }}</span>
            <span class="dim nw">{{ progress(upload) }}</span>
            @switch (upload.state()) {
              @case ('sending') {
                <button class="btn-c" type="button" (click)="upload.pause()">
                  <i class="i i-player-pause" aria-hidden="true"></i>Pause<span class="vh">
                    {{ upload.file.name }}</span
                  >
                </button>
              }
              @case ('paused') {
                <button class="btn-c" type="button" (click)="upload.resume()">
                  <i class="i i-player-play" aria-hidden="true"></i>Resume<span class="vh">
                    {{ upload.file.name }}</span
                  >
                </button>
              }
              @case ('failed') {
                <button class="btn-c" type="button" (click)="upload.resume()">
                  <i class="i i-refresh" aria-hidden="true"></i>Try again<span class="vh"> {{ upload.file.name }}</span>
                </button>
              }
              @case ('done') {
                <span class="chip ok"><i class="i i-shield-check" aria-hidden="true"></i>stored encrypted</span>
              }
            }
            <button
              class="btn-i up-x"
              type="button"
              [attr.aria-label]="(upload.state() === 'done' ? 'Hide ' : 'Cancel ') + upload.file.name"
              (click)="remove(upload)"
            >
              <i class="i i-x" aria-hidden="true"></i>
            </button>
            @if (upload.state() !== 'done') {
              <progress
                class="up-bar"
                [attr.aria-label]="'Sent of ' + upload.file.name"
                [max]="upload.file.size || 1"
                [value]="upload.sent()"
              ></progress>
            }
            @if (upload.failure(); as failure) {
              <span class="err up-err" role="alert">{{ failure }}</span>
            }
          </li>
        }
      </ul>
    }
  `,
})
export class Uploads {
  readonly #api = inject(ApiClient);
  readonly #transports = inject(Transports);
  /** Number of the ticket that the files belong to. */
  readonly number = input.required<string>();
  /** One line without hint, as inside a composer. */
  readonly compact = input(false);
  /** A file has become an entry of the ticket. */
  readonly attached = output<TicketWritten>();
  /** A file was taken off the list, sent or not. */
  readonly removed = output<Upload>();
  readonly #uploads = signal<readonly Upload[]>([]);
  readonly uploads = this.#uploads.asReadonly();
  protected readonly over = signal(false);
  protected readonly progress = uploadProgress;
  private readonly chooser = viewChild.required<ElementRef<HTMLInputElement>>('chooser');

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      for (const upload of this.#uploads()) upload.leave();
    });
  }

  /** Sends these files, all at once; answers them on their way. */
  add(files: Iterable<File>): readonly Upload[] {
    const number = this.number();
    return [...files].map((file) => {
      const target = {
        ticket: number,
        attach: (id: string) => this.#api.attach(number, id),
        attached: (written: TicketWritten) => {
          this.attached.emit(written);
        },
      };
      const upload = new Upload(file, target, (...of) => this.#transports.for(...of));
      this.#uploads.update((all) => [...all, upload]);
      upload.resume();
      return upload;
    });
  }

  /** Shows the browser's file chooser. */
  open(): void {
    this.chooser().nativeElement.click();
  }

  protected choose(event: Event): void {
    const field = event.target as HTMLInputElement;
    this.add([...(field.files ?? [])]);
    field.value = '';
  }

  protected drag(event: DragEvent): void {
    event.preventDefault();
    this.over.set(true);
  }

  protected drop(event: DragEvent): void {
    event.preventDefault();
    event.stopPropagation();
    this.over.set(false);
    this.add([...(event.dataTransfer?.files ?? [])]);
  }

  protected remove(upload: Upload): void {
    if (upload.state() !== 'done') upload.cancel();
    this.#uploads.update((all) => all.filter((one) => one !== upload));
    this.removed.emit(upload);
  }
}

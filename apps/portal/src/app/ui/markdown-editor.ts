import { Component, input, model, output } from '@angular/core';
import { Markdown } from './markdown';

/** A Markdown field with a preview. The text is a model; keeping it as a draft is the page's business. */
@Component({
  selector: 'cb-markdown-editor',
  imports: [Markdown],
  template: `
    @if (preview()) {
      <div class="in md-preview" [class.sheetless]="bare()"><cb-markdown [text]="text() || '_Nothing yet._'" /></div>
    } @else {
      <textarea
        [class.in]="!bare()"
        [id]="fieldId()"
        [attr.aria-label]="label()"
        [attr.aria-invalid]="invalid() ? 'true' : null"
        [attr.aria-describedby]="describedBy() ?? null"
        [placeholder]="placeholder()"
        [rows]="rows()"
        [value]="text()"
        (input)="write($event)"
        (keydown.control.enter)="send.emit()"
        (keydown.meta.enter)="send.emit()"
        (blur)="left.emit()"
      ></textarea>
    }
    @if (foot()) {
      <div class="row s12 dim md-foot">
        <i class="i i-markdown" aria-hidden="true"></i>
        <button class="btn-c" type="button" [attr.aria-pressed]="preview()" (click)="preview.set(!preview())">
          {{ preview() ? 'Write' : 'Preview' }}
        </button>
        <ng-content />
      </div>
    }
  `,
})
export class MarkdownEditor {
  readonly text = model('');
  readonly fieldId = input.required<string>();
  readonly label = input.required<string>();
  readonly placeholder = input('Markdown');
  readonly rows = input(6);
  readonly invalid = input(false);
  readonly describedBy = input<string | undefined>();
  /** Without a frame of its own, inside a composer. */
  readonly bare = input(false);
  readonly send = output();
  readonly left = output();
  /** False where the page places the preview button itself. */
  readonly foot = input(true);
  readonly preview = model(false);

  protected write(event: Event): void {
    this.text.set((event.target as HTMLTextAreaElement).value);
  }
}

import { Component } from '@angular/core';

/** The mark: a case file with numbered entries. */
@Component({
  selector: 'cb-logo',
  template: `<svg
    viewBox="0 0 20 22"
    width="20"
    height="22"
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    aria-hidden="true"
  >
    <path d="M2 1h13l3 3v17H2z" />
    <path d="M2 7h4M2 11h4M2 15h4" />
    <path d="M9.5 7H14M9.5 11H14M9.5 15h2.5" />
  </svg>`,
})
export class Logo {}

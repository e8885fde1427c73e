import { Component } from '@angular/core';
import { RouterLink } from '@angular/router';

@Component({
  selector: 'cb-missing-page',
  imports: [RouterLink],
  template: `<h1>This does not exist</h1>
    <p class="empty">
      The address is wrong, or it belongs to another company. <a routerLink="/">Go to the start page</a>
    </p>`,
})
export class MissingPage {}

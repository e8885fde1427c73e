import { Component } from '@angular/core';

@Component({ selector: 'cb-mine-page', template: '<h1>MinePage</h1>' })
export class MinePage {}

import { Component } from '@angular/core';

@Component({ selector: 'cb-plans-page', template: '<h1>PlansPage</h1>' })
export class PlansPage {}

import { Component } from '@angular/core';

@Component({ selector: 'cb-overview-page', template: '<h1>OverviewPage</h1>' })
export class OverviewPage {}

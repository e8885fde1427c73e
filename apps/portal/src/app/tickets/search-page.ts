import { Component } from '@angular/core';

@Component({ selector: 'cb-search-page', template: '<h1>SearchPage</h1>' })
export class SearchPage {}

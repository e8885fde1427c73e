import { Component } from '@angular/core';

@Component({ selector: 'cb-companies-page', template: '<h1>CompaniesPage</h1>' })
export class CompaniesPage {}

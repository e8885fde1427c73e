import { Component } from '@angular/core';

@Component({ selector: 'cb-wizard-page', template: '<h1>WizardPage</h1>' })
export class WizardPage {}

import { Component } from '@angular/core';

@Component({ selector: 'cb-home-page', template: '<h1>HomePage</h1>' })
export class HomePage {}

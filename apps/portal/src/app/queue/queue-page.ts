import { Component } from '@angular/core';

@Component({ selector: 'cb-queue-page', template: '<h1>QueuePage</h1>' })
export class QueuePage {}

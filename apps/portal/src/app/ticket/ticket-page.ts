import { Component } from '@angular/core';

@Component({ selector: 'cb-ticket-page', template: '<h1>TicketPage</h1>' })
export class TicketPage {}

import { Component } from '@angular/core';

@Component({ selector: 'cb-users-page', template: '<h1>UsersPage</h1>' })
export class UsersPage {}

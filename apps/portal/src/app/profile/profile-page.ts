import { Component } from '@angular/core';

@Component({ selector: 'cb-profile-page', template: '<h1>ProfilePage</h1>' })
export class ProfilePage {}

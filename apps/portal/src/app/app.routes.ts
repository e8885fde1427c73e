import type { Routes } from '@angular/router';
import { administratorGuard, signedInGuard, staffGuard, customerGuard } from './session/session-guard';

export const routes: Routes = [
  {
    path: 'sign-in',
    loadComponent: () => import('./sign-in/sign-in-page').then((m) => m.SignInPage),
    title: 'Sign in · Casebook',
  },
  {
    path: 'status',
    loadComponent: () => import('./administration/public-status-page').then((m) => m.PublicStatusPage),
    title: 'Status · Casebook',
  },
  {
    path: '',
    loadComponent: () => import('./shell/shell').then((m) => m.Shell),
    canActivate: [signedInGuard],
    children: [
      {
        path: '',
        pathMatch: 'full',
        loadComponent: () => import('./home/home-page').then((m) => m.HomePage),
        title: 'Home · Casebook',
      },
      {
        path: 'queue',
        canActivate: [staffGuard],
        loadComponent: () => import('./queue/queue-page').then((m) => m.QueuePage),
        title: 'Queue · Casebook',
      },
      {
        path: 'tickets',
        loadComponent: () => import('./tickets/search-page').then((m) => m.SearchPage),
        title: 'Search tickets · Casebook',
      },
      {
        path: 'tickets/mine',
        loadComponent: () => import('./tickets/mine-page').then((m) => m.MinePage),
        title: 'My tickets · Casebook',
      },
      {
        path: 'tickets/overview',
        loadComponent: () => import('./tickets/overview-page').then((m) => m.OverviewPage),
        title: 'Overview · Casebook',
      },
      {
        path: 'tickets/new',
        canActivate: [customerGuard],
        loadComponent: () => import('./wizard/wizard-page').then((m) => m.WizardPage),
        title: 'Create a new ticket · Casebook',
      },
      {
        path: 'tickets/:number/can-report',
        canActivate: [staffGuard],
        loadComponent: () => import('./can/can-editor-page').then((m) => m.CanEditorPage),
        title: 'CAN report · Casebook',
      },
      { path: 'tickets/:number', loadComponent: () => import('./ticket/ticket-page').then((m) => m.TicketPage) },
      {
        path: 'plans',
        loadComponent: () => import('./plans/plans-page').then((m) => m.PlansPage),
        title: 'Subscription plans · Casebook',
      },
      {
        path: 'users',
        loadComponent: () => import('./users/users-page').then((m) => m.UsersPage),
        title: 'Users · Casebook',
      },
      {
        path: 'companies',
        canActivate: [staffGuard],
        loadComponent: () => import('./users/companies-page').then((m) => m.CompaniesPage),
        title: 'Companies · Casebook',
      },
      {
        path: 'administration',
        canActivate: [administratorGuard],
        loadComponent: () => import('./administration/status-page').then((m) => m.StatusPage),
        title: 'System status · Casebook',
      },
      {
        path: 'profile',
        loadComponent: () => import('./profile/profile-page').then((m) => m.ProfilePage),
        title: 'Profile · Casebook',
      },
      {
        path: '**',
        loadComponent: () => import('./shell/missing-page').then((m) => m.MissingPage),
        title: 'Not found · Casebook',
      },
    ],
  },
];

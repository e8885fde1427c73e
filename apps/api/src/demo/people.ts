import type { DemoAccount } from '@casebook/auth';
import type { CustomerRole, StaffRole } from '@casebook/kernel';

/* Everybody and every company here is invented; .example addresses belong to nobody. */

export interface DemoPerson {
  readonly name: string;
  readonly email: string;
  readonly phone?: string;
  readonly place?: string;
  readonly timeZone?: string;
}
export interface DemoStaff extends DemoPerson {
  readonly roles: readonly StaffRole[];
}
export interface DemoCompany {
  readonly name: string;
  readonly timeZone: string;
  readonly mailDomain: string;
  readonly plan: string;
  readonly services: readonly string[];
  readonly contactLimit: number;
  readonly people: readonly (DemoPerson & { readonly role: CustomerRole })[];
}

export const DEMO_STAFF: readonly DemoStaff[] = [
  { name: 'Erin Vogt', email: 'erin@support.example', roles: ['engineer'], place: 'Berlin', timeZone: 'Europe/Berlin' },
  { name: 'Priya Nair', email: 'priya@support.example', roles: ['engineer'], place: 'Pune', timeZone: 'Asia/Kolkata' },
  {
    name: 'Tomasz Wilk',
    email: 'tomasz@support.example',
    roles: ['engineer'],
    place: 'Kraków',
    timeZone: 'Europe/Warsaw',
  },
  {
    name: 'Ines Moreau',
    email: 'ines@support.example',
    roles: ['engineer'],
    place: 'Montréal',
    timeZone: 'America/Toronto',
  },
  {
    name: 'Omar Haddad',
    email: 'omar@support.example',
    roles: ['account_owner'],
    place: 'London',
    timeZone: 'Europe/London',
  },
  {
    name: 'Kim Lindqvist',
    email: 'kim@support.example',
    roles: ['knowledge_author'],
    place: 'Stockholm',
    timeZone: 'Europe/Stockholm',
  },
  {
    name: 'Root Admin',
    email: 'root@support.example',
    roles: ['administrator'],
    place: 'Berlin',
    timeZone: 'Europe/Berlin',
  },
];

export const DEMO_COMPANIES: readonly DemoCompany[] = [
  {
    name: 'Acme Retail',
    timeZone: 'Europe/Amsterdam',
    mailDomain: 'acme.example',
    plan: 'premium',
    services: ['production-24x7', 'remote-dba', 'cloud-dba'],
    contactLimit: 8,
    people: [
      {
        name: 'Ada Visser',
        email: 'ada@acme.example',
        role: 'A',
        phone: '+31 20 555 0141',
        place: 'Amsterdam',
        timeZone: 'Europe/Amsterdam',
      },
      {
        name: 'Uma de Wit',
        email: 'uma@acme.example',
        role: 'U',
        phone: '+31 20 555 0142',
        place: 'Amsterdam',
        timeZone: 'Europe/Amsterdam',
      },
      {
        name: 'Marta Kowalczyk',
        email: 'marta@acme.example',
        role: 'A',
        phone: '+48 22 555 0141',
        place: 'Warszawa',
        timeZone: 'Europe/Warsaw',
      },
    ],
  },
  {
    name: 'Globex Energy',
    timeZone: 'America/New_York',
    mailDomain: 'globex.example',
    plan: 'standard',
    services: ['production-24x7', 'replication-support'],
    contactLimit: 5,
    people: [
      {
        name: 'Gus Ferreira',
        email: 'gus@globex.example',
        role: 'A',
        phone: '+1 212 555 0117',
        place: 'New York',
        timeZone: 'America/New_York',
      },
      { name: 'Noa Adler', email: 'noa@globex.example', role: 'U', place: 'Boston', timeZone: 'America/New_York' },
    ],
  },
  {
    name: 'Initech Labs',
    timeZone: 'Asia/Tokyo',
    mailDomain: 'initech.example',
    plan: 'business',
    services: ['business-8x5'],
    contactLimit: 5,
    people: [
      { name: 'Ichiro Tanabe', email: 'ichiro@initech.example', role: 'A', place: 'Tokyo', timeZone: 'Asia/Tokyo' },
      { name: 'Yui Okada', email: 'yui@initech.example', role: 'U', place: 'Osaka', timeZone: 'Asia/Tokyo' },
    ],
  },
];

/** One person serves two companies (D15): a consultant who is a named contact of both. */
export const DEMO_CONSULTANT: DemoPerson & { readonly companies: readonly { name: string; role: CustomerRole }[] } = {
  name: 'Cora Blum',
  email: 'cora@consult.example',
  place: 'Zürich',
  timeZone: 'Europe/Zurich',
  companies: [
    { name: 'Acme Retail', role: 'U' },
    { name: 'Globex Energy', role: 'A' },
  ],
};

/** Sign-ins of the demo provider; the password is `demo` for all. */
export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  ...DEMO_COMPANIES.flatMap(({ name: company, people }) =>
    people.map(({ name, email, role }) => ({
      sub: email,
      email,
      name,
      hint: `${company}, ${role === 'A' ? 'subscription admin' : 'user'}`,
    })),
  ),
  {
    sub: DEMO_CONSULTANT.email,
    email: DEMO_CONSULTANT.email,
    name: DEMO_CONSULTANT.name,
    hint: 'Consultant for Acme Retail and Globex Energy',
  },
  ...DEMO_STAFF.map(({ name, email, roles }) => ({
    sub: email,
    email,
    name,
    hint: `Support, ${roles.join(', ').replaceAll('_', ' ')}`,
  })),
];

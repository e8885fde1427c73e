import type { Me } from '../api/types';

/** One line of the left column. */
export interface NavItem {
  readonly label: string;
  readonly path: string;
  readonly icon: string;
  /** Matches this address alone, not those below it. */
  readonly exact?: boolean;
  /** A ticket's page belongs to this line. */
  readonly tickets?: boolean;
  /** Shown in the bottom bar of phones, under this shorter word. */
  readonly quick?: string;
  readonly count?: 'queue' | 'mine';
}
export interface NavGroup {
  readonly label?: string;
  readonly items: readonly NavItem[];
}

const STAFF: readonly NavGroup[] = [
  {
    items: [
      { label: 'Queue', path: '/queue', icon: 'i-list-details', tickets: true, quick: 'Queue', count: 'queue' },
      { label: 'My tickets', path: '/tickets/mine', icon: 'i-columns-3', quick: 'Mine', count: 'mine' },
      { label: 'Search tickets', path: '/tickets', icon: 'i-search', exact: true, quick: 'Search' },
    ],
  },
  { label: 'Customers', items: [{ label: 'Companies', path: '/companies', icon: 'i-building', quick: 'Companies' }] },
  { label: 'Library', items: [{ label: 'Subscription plans', path: '/plans', icon: 'i-file-certificate' }] },
];

const ADMINISTRATION: NavGroup = {
  label: 'Record',
  items: [{ label: 'Administration', path: '/administration', icon: 'i-settings', quick: 'Status' }],
};

const CUSTOMER_HOME: NavGroup = { items: [{ label: 'Home', path: '/', icon: 'i-home', exact: true, quick: 'Home' }] };
const CUSTOMER_SUPPORT: NavGroup = {
  label: 'Support',
  items: [
    { label: 'Create a new ticket', path: '/tickets/new', icon: 'i-square-plus', quick: 'New' },
    { label: 'Overview', path: '/tickets/overview', icon: 'i-layout-dashboard' },
    { label: 'My tickets', path: '/tickets/mine', icon: 'i-columns-3', tickets: true, quick: 'Mine', count: 'mine' },
    { label: 'Search tickets', path: '/tickets', icon: 'i-search', exact: true, quick: 'Search' },
    { label: 'Subscription plans', path: '/plans', icon: 'i-file-certificate' },
  ],
};
const CUSTOMER_COMPANY: NavGroup = {
  label: 'Company info',
  items: [{ label: 'Users', path: '/users', icon: 'i-users', quick: 'Users' }],
};

/** The left column for this reader. Without a purchased support service the Support group is absent (R41). */
export function navigationFor(me: Me): readonly NavGroup[] {
  if (me.kind === 'staff') return me.roles.includes('administrator') ? [...STAFF, ADMINISTRATION] : STAFF;
  return me.services.length > 0
    ? [CUSTOMER_HOME, CUSTOMER_SUPPORT, CUSTOMER_COMPANY]
    : [CUSTOMER_HOME, CUSTOMER_COMPANY];
}

/** The five places of a phone's bottom bar. */
export function quickFor(groups: readonly NavGroup[]): readonly (NavItem & { readonly quick: string })[] {
  return groups
    .flatMap(({ items }) => items)
    .filter((item): item is NavItem & { readonly quick: string } => item.quick !== undefined)
    .slice(0, 5);
}

const TICKET = /^\/tickets\/[A-Z]+-\d/;

/** True for the line that an address belongs to. */
export function isCurrent(item: NavItem, address: string): boolean {
  const path = address.replace(/[?#].*$/, '');
  if (path === item.path) return true;
  if (TICKET.test(path)) return item.tickets ?? false;
  return !(item.exact ?? false) && path.startsWith(`${item.path}/`);
}

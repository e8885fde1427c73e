/** Software that tickets are about. `own`: developed by the vendor (R36). */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly own: boolean;
  /** Newest first. Major versions; a ticket may name a minor one too. */
  readonly versions: readonly string[];
}

export const PRODUCTS: readonly Product[] = [
  { id: 'postgresql', name: 'PostgreSQL', own: false, versions: ['18', '17', '16', '15', '14', '13', '12'] },
  { id: 'advanced-server', name: 'Advanced Server', own: true, versions: ['18', '17', '16', '15', '14', '13'] },
  { id: 'pgbouncer', name: 'PgBouncer', own: false, versions: ['1.25', '1.24', '1.23', '1.22'] },
  { id: 'patroni', name: 'Patroni', own: false, versions: ['4.1', '4.0', '3.3'] },
  { id: 'barman', name: 'Barman', own: true, versions: ['3.16', '3.15', '3.14', '3.13'] },
  { id: 'pgbackrest', name: 'pgBackRest', own: false, versions: ['2.57', '2.56', '2.55'] },
  { id: 'repmgr', name: 'repmgr', own: true, versions: ['5.5', '5.4'] },
  { id: 'pg-upgrade', name: 'pg_upgrade', own: false, versions: ['18', '17', '16'] },
  { id: 'tungsten', name: 'Tungsten Replicator', own: false, versions: ['8.0', '7.1', '7.0'] },
];

export function productById(id: string): Product | undefined {
  return PRODUCTS.find((product) => product.id === id);
}

/** Services that the vendor sells. Kept here until administration can change them. */
export interface Service {
  readonly id: string;
  readonly name: string;
  readonly kind: 'support' | 'managed';
  readonly description: string;
  /** Managed services take tasks as well as issues (R59, R60, D8). */
  readonly takesTasks: boolean;
}

export const SERVICES: readonly Service[] = [
  {
    id: 'production-24x7',
    name: 'Production support 24×7',
    kind: 'support',
    description:
      'Around the clock help with PostgreSQL and its neighbours in production: incidents, advice, bug fixes and security notices.',
    takesTasks: false,
  },
  {
    id: 'business-8x5',
    name: 'Business hours support 8×5',
    kind: 'support',
    description: 'Help on working days for development, test and less critical production databases.',
    takesTasks: false,
  },
  {
    id: 'replication-support',
    name: 'Replication support',
    kind: 'support',
    description: 'Support for clustering and replication software: set-up, switchover, drift and repair.',
    takesTasks: false,
  },
  {
    id: 'remote-dba',
    name: 'Remote DBA',
    kind: 'managed',
    description: 'Our database administrators look after your servers. Report an issue, or ask for a task to be done.',
    takesTasks: true,
  },
  {
    id: 'cloud-dba',
    name: 'CloudDBA',
    kind: 'managed',
    description: 'The same for databases that a cloud provider hosts for you.',
    takesTasks: true,
  },
];

export function serviceById(id: string): Service | undefined {
  return SERVICES.find((service) => service.id === id);
}

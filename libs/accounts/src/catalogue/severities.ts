/** The four severities with their definitions (R45 to R50). */
export interface SeverityDefinition {
  readonly id: 'S1' | 'S2' | 'S3' | 'S4';
  readonly name: string;
  /** S1 and S2 are priority incidents. */
  readonly priority: boolean;
  readonly definition: string;
  readonly example: string;
}

export const SEVERITY_DEFINITIONS: readonly SeverityDefinition[] = [
  {
    id: 'S1',
    name: 'Urgent',
    priority: true,
    definition:
      'A catastrophic error in production: production is down or severely affected, or production data is being lost and no procedure works around it. Also a security breach that originates in the product’s code with a CVSS score of 9 or higher.',
    example: 'The primary does not start after a crash, and the standby has not caught up.',
  },
  {
    id: 'S2',
    name: 'High',
    priority: true,
    definition: 'Production works, but major functions fail in a material way and there is no workaround.',
    example: 'Replication has stopped, and there is nothing to fail over to.',
  },
  {
    id: 'S3',
    name: 'Normal',
    priority: false,
    definition: 'Minor functions fail in production, or the software fails in development or test.',
    example: 'A report has become slow since the last minor upgrade.',
  },
  {
    id: 'S4',
    name: 'Low',
    priority: false,
    definition:
      'A question about usage, a wish for an enhancement, something cosmetic, or a request for information. Nothing is impaired.',
    example: 'How large should max_wal_size be for our load?',
  },
];

/** How the server misbehaves. Everything off: as the observed server does. */
export interface Faults {
  /** Calls of this kind are taken and never answered; the connection itself stays alive. */
  silence: 'none' | 'appends' | 'reads' | 'all';
  /** Answers come this many milliseconds later. */
  lateMs: number;
  /** Everything is refused as by a server without a leader. */
  notReady: boolean;
  /** Calls that need the leader are sent there. */
  notLeader: { host: string; port: number } | null;
  /** So many appends are written and then not answered: by silence, by a reset of all connections, or by a timeout. */
  loseAnswers: { count: number; how: 'silence' | 'reset' | 'timeout' };
  /** Bytes are neither read from nor written to connections: those there are now, or new ones too. */
  stalled: 'none' | 'present' | 'all';
}

export const noFaults = (): Faults => ({
  silence: 'none',
  lateMs: 0,
  notReady: false,
  notLeader: null,
  loseAnswers: { count: 0, how: 'silence' },
  stalled: 'none',
});

/** What the server counted since it began. */
export interface Counts {
  appends: number;
  batchAppends: number;
  reads: number;
  /** Subscriptions ever begun, and those open now. */
  subscribed: number;
  subscriptions: number;
  /** Events that subscriptions sent. */
  sent: number;
  connections: number;
}

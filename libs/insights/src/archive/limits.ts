/** Bounds for one archive. All sizes in bytes. */
export interface Limits {
  /** Size of the file itself. */
  readonly archiveBytes: number;
  /** Sum of everything that comes out of it. */
  readonly expandedBytes: number;
  /** One file inside. */
  readonly entryBytes: number;
  readonly entries: number;
  /** Expanded size divided by archive size; looked at only above `ratioFromBytes`. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
  /** From start to answer, then the reader is killed. */
  readonly milliseconds: number;
  /** Heap of the reader, in MiB. */
  readonly heapMiB: number;
}

const MiB = 1024 * 1024;

export const defaultLimits: Limits = {
  archiveBytes: 64 * MiB,
  expandedBytes: 1024 * MiB,
  entryBytes: 64 * MiB,
  entries: 5_000,
  ratio: 200,
  ratioFromBytes: 16 * MiB,
  milliseconds: 20_000,
  heapMiB: 512,
};

/**
 * What an error of the driver means to an adapter.
 * - `duplicate`: the unique value is taken. An answer, not a fault.
 * - `passing`: try again. Whether the write landed is unknown.
 * - `refused`: the server took nothing, and will not before somebody acts: a full disk, a missing right.
 * - `too-large`: the document is larger than 16 MB.
 */
export type MongoFailure = 'duplicate' | 'passing' | 'refused' | 'too-large';

const DUPLICATE = new Set([11000, 11001, 12582]);
const TOO_LARGE = new Set([10334, 17419, 17420]);
const REFUSED = new Set([
  13, // Unauthorized
  18, // AuthenticationFailed
  14031, // OutOfDiskSpace
]);
const PASSING = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  24, // LockTimeout
  43, // CursorNotFound
  46, // LockBusy
  50, // MaxTimeMSExpired
  63, // StaleShardVersion
  64, // WriteConcernTimeout: not on a majority yet
  79, // UnknownReplWriteConcern
  89, // NetworkTimeout
  91, // ShutdownInProgress
  112, // WriteConflict
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  150, // StaleEpoch
  175, // QueryPlanKilled
  189, // PrimarySteppedDown
  237, // CursorKilled
  262, // ExceededTimeLimit
  391, // Reauthenticate
  9001, // SocketException
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
]);
const PASSING_LABELS = ['RetryableWriteError', 'RetryableReadError', 'TransientTransactionError'];
/** Errors of the driver itself that end a connection or found none; they carry no number. */
const PASSING_NAMES = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoOperationTimeoutError',
  'MongoPoolClearedError',
  'MongoPoolClearedOnNetworkError',
  'MongoServerClosedError',
  'MongoServerSelectionError',
  'MongoStalePrimaryError',
  'MongoWaitQueueTimeoutError',
]);

/** Tells what an error means; undefined for one that is no failure of the server: a mistake in the program. */
export function mongoFailure(error: unknown): MongoFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errorLabels, errorResponse } = error as {
    code?: unknown;
    errorLabels?: unknown;
    errorResponse?: unknown;
  };
  // What ended a bulk as a whole, a lost connection perhaps, lies inside the error of the bulk.
  if (errorResponse instanceof Error) return mongoFailure(errorResponse);
  // The driver itself refuses to write more than its buffer takes.
  if (code === 'ERR_OUT_OF_RANGE') return 'too-large';
  if (typeof code === 'number') {
    if (DUPLICATE.has(code)) return 'duplicate';
    if (TOO_LARGE.has(code)) return 'too-large';
    if (REFUSED.has(code)) return 'refused';
    if (PASSING.has(code)) return 'passing';
  }
  if (PASSING_NAMES.has(error.name)) return 'passing';
  const labels: readonly unknown[] = Array.isArray(errorLabels) ? errorLabels : [];
  return PASSING_LABELS.some((label) => labels.includes(label)) ? 'passing' : undefined;
}

import {
  MongoBulkWriteError,
  MongoInvalidArgumentError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
} from 'mongodb';
import { mongoFailure } from './mongo-failure';

const server = (description: Record<string, unknown>): MongoServerError =>
  new MongoServerError({ ok: 0, errmsg: 'said the server', ...description });

describe('what an error of MongoDB means', () => {
  it.each([
    { code: 11000, codeName: 'DuplicateKey', keyPattern: { _id: 1 }, keyValue: { _id: 'x' } },
    { code: 11000 },
    { code: 11001 },
  ])('knows a taken value by $code alone', (description) => {
    expect(mongoFailure(server(description))).toBe('duplicate');
  });

  it.each([
    [91, 'ShutdownInProgress'],
    [112, 'WriteConflict'],
    [189, 'PrimarySteppedDown'],
    [10107, 'NotWritablePrimary'],
    [11600, 'InterruptedAtShutdown'],
    [11602, 'InterruptedDueToReplStateChange'],
    [13435, 'NotPrimaryNoSecondaryOk'],
    [13436, 'NotPrimaryOrSecondary'],
    [262, 'ExceededTimeLimit'],
  ])('takes %d (%s) for passing', (code, codeName) => {
    expect(mongoFailure(server({ code, codeName }))).toBe('passing');
  });

  it.each(['RetryableWriteError', 'TransientTransactionError'])('takes the label %s for passing', (label) => {
    expect(mongoFailure(server({ code: 1, errorLabels: [label] }))).toBe('passing');
  });

  it('takes lost connections and a missing server for passing', () => {
    expect(mongoFailure(new MongoNetworkError('connection 3 to 127.0.0.1:27017 closed'))).toBe('passing');
    expect(mongoFailure(new MongoNetworkTimeoutError('timed out'))).toBe('passing');
    expect(mongoFailure(new MongoServerSelectionError('connect ECONNREFUSED', {} as never))).toBe('passing');
  });

  it('takes a majority that did not answer in time for passing: the write may be there', () => {
    const answer = { code: 64, codeName: 'WriteConcernTimeout', errmsg: 'waiting for replication timed out' };
    expect(mongoFailure(new MongoWriteConcernError({ writeConcernError: answer, ok: 1 }))).toBe('passing');
  });

  it('knows the taken value in the error of a bulk', () => {
    const error = new MongoBulkWriteError({ message: 'E11000', code: 11000, writeErrors: [] }, {} as never);
    expect(mongoFailure(error)).toBe('duplicate');
  });

  it('looks into the error of a bulk that ended as a whole', () => {
    const ended = (error: Error): MongoBulkWriteError => new MongoBulkWriteError(error, {} as never);
    expect(mongoFailure(ended(new MongoNetworkError('connection 1 closed')))).toBe('passing');
    expect(mongoFailure(ended(server({ code: 10107 })))).toBe('passing');
    expect(mongoFailure(ended(new MongoInvalidArgumentError('a mistake')))).toBeUndefined();
  });

  it('knows documents that are too large, as the driver and as the server say it', () => {
    const range = Object.assign(new RangeError('out of range'), { code: 'ERR_OUT_OF_RANGE' });
    expect(mongoFailure(range)).toBe('too-large');
    for (const code of [10334, 17419]) expect(mongoFailure(server({ code }))).toBe('too-large');
  });

  it('knows what stays refused until somebody acts', () => {
    for (const code of [13, 18, 14031]) expect(mongoFailure(server({ code }))).toBe('refused');
  });

  it('leaves mistakes in the program what they are', () => {
    expect(mongoFailure(server({ code: 2, codeName: 'BadValue' }))).toBeUndefined();
    expect(mongoFailure(new MongoInvalidArgumentError('update document requires atomic operators'))).toBeUndefined();
    expect(mongoFailure(new TypeError('x is undefined'))).toBeUndefined();
    expect(mongoFailure('text')).toBeUndefined();
  });
});

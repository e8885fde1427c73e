import { MongoNetworkError, MongoServerError } from 'mongodb';
import { Raced, retrying } from './retrying';

describe('retrying', () => {
  const failing = (...errors: Error[]) => {
    let attempts = 0;
    return async (): Promise<number> => {
      const error = errors[attempts++];
      if (error) throw error;
      return attempts;
    };
  };
  const cut = new MongoNetworkError('cut');

  it('repeats after lost connections and lost races', async () => {
    expect(await retrying(failing(cut, new Raced(), cut))).toBe(4);
  });

  it('gives up with unavailable when the failure does not pass', async () => {
    const work = async (): Promise<never> => {
      throw cut;
    };
    await expect(retrying(work, 20)).rejects.toMatchObject({ kind: 'unavailable', code: 'mongodb.unavailable' });
  });

  it('repeats nothing that stays refused, and hands other errors on', async () => {
    const full = new MongoServerError({ errmsg: 'disk full', code: 14031 });
    await expect(retrying(failing(full))).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(retrying(failing(new TypeError('a mistake')))).rejects.toThrow(TypeError);
  });
});

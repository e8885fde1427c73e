import type { UploadState } from './upload';
import { uploadProgress } from './upload-progress';

function words(state: UploadState, sent: number, total: number, perSecond?: number): string {
  return uploadProgress({
    file: { size: total } as File,
    state: (() => state) as never,
    sent: (() => sent) as never,
    rate: (() => perSecond) as never,
    written: (() => undefined) as never,
  });
}

describe('uploadProgress', () => {
  it('names sizes in decimal units', () => {
    const sizes = [0, 999, 1000, 4_200, 12_600, 999_600, 1_204_000_000];
    expect(sizes.map((total) => words('waiting', 0, total))).toEqual([
      '0 bytes',
      '999 bytes',
      '1 KB',
      '4.2 KB',
      '13 KB',
      '1 MB',
      '1.2 GB',
    ]);
  });

  it('says how fast it goes and how long it takes, as soon as that is known', () => {
    expect(words('sending', 4_000_000, 10_000_000)).toBe('4 MB of 10 MB');
    expect(words('sending', 4_000_000, 10_000_000, 500_000)).toBe('4 MB of 10 MB, 500 KB/s, 12 s left');
    expect(words('sending', 0, 900_000_000, 100_000)).toBe('0 bytes of 900 MB, 100 KB/s, 2:30 h left');
  });

  it('says what holds it up', () => {
    expect(words('paused', 500, 1000)).toBe('paused at 500 bytes of 1 KB');
    expect(words('lost', 500, 1000)).toBe('no connection, goes on by itself (500 bytes of 1 KB)');
  });
});

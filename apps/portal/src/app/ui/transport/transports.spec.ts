import { webcrypto } from 'node:crypto';
import { TestBed } from '@angular/core/testing';
import { ApiClient } from '../../api/api-client';
import { DirectTransport } from './direct-transport';
import { Transports } from './transports';
import { TusTransport } from './tus-transport';

const MIB = 1024 * 1024;
const file = (size: number) => new File([new Uint8Array(size)], 'pg.log');

describe('The way that a file goes', () => {
  const directUploads = jest.fn<Promise<{ offered: boolean; leastBytes: number }>, []>();
  const events = { progress: jest.fn(), arrived: jest.fn(), lost: jest.fn(), failed: jest.fn() };
  let started: string[];

  beforeEach(() => {
    started = [];
    jest.spyOn(TusTransport.prototype, 'start').mockImplementation(async () => void started.push('tus'));
    jest.spyOn(DirectTransport.prototype, 'start').mockImplementation(async () => void started.push('direct'));
    directUploads.mockReset().mockResolvedValue({ offered: true, leastBytes: 8 * MIB });
    Object.defineProperty(globalThis, 'crypto', { configurable: true, value: webcrypto });
    TestBed.configureTestingModule({ providers: [{ provide: ApiClient, useValue: { directUploads } }] });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  const start = async (size: number, transports = TestBed.inject(Transports)) => {
    await transports.for(file(size), 'key', events).start();
    return started.at(-1);
  };

  it('is straight to the store for large ones, and nobody is asked twice', async () => {
    expect(await start(8 * MIB)).toBe('direct');
    expect(await start(9 * MIB)).toBe('direct');
    expect(directUploads).toHaveBeenCalledTimes(1);
  });

  it('is through the portal for small ones, without asking', async () => {
    expect(await start(8 * MIB - 1)).toBe('tus');
    expect(directUploads).not.toHaveBeenCalled();
  });

  it('is through the portal where the store does not offer itself, or wants larger ones', async () => {
    directUploads.mockResolvedValueOnce({ offered: false, leastBytes: 8 * MIB });
    expect(await start(9 * MIB)).toBe('tus');
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({ providers: [{ provide: ApiClient, useValue: { directUploads } }] });
    directUploads.mockResolvedValueOnce({ offered: true, leastBytes: 10 * MIB });
    expect(await start(9 * MIB)).toBe('tus');
  });

  it('is through the portal when nobody answers; the next file asks again', async () => {
    directUploads.mockRejectedValueOnce(new Error('offline'));
    expect(await start(9 * MIB)).toBe('tus');
    expect(await start(9 * MIB)).toBe('direct');
  });

  it('is through the portal in a browser that cannot seal', async () => {
    Object.defineProperty(globalThis, 'crypto', { configurable: true, value: { getRandomValues: () => 0 } });
    expect(await start(9 * MIB)).toBe('tus');
    expect(directUploads).not.toHaveBeenCalled();
  });
});

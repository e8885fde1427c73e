import { span } from './time';
import type { Upload } from './upload';

const UNITS = ['KB', 'MB', 'GB', 'TB'];

/** Where an upload stands, in words: how much of it, how fast, how long it still takes. */
export function uploadProgress(upload: Pick<Upload, 'file' | 'state' | 'sent' | 'rate' | 'written'>): string {
  const total = size(upload.file.size);
  const part = `${size(upload.sent())} of ${total}`;
  switch (upload.state()) {
    case 'waiting':
    case 'failed':
      return total;
    case 'sending': {
      const perSecond = upload.rate();
      return perSecond
        ? `${part}, ${size(perSecond)}/s, ${left((upload.file.size - upload.sent()) / perSecond)}`
        : part;
    }
    case 'paused':
      return `paused at ${part}`;
    case 'lost':
      return `no connection, goes on by itself (${part})`;
    case 'attaching':
      return 'adding to the ticket …';
    case 'done': {
      const entry = upload.written()?.entry;
      return entry === undefined ? total : `${total}, entry ${entry}`;
    }
  }
}

/** `812 bytes`, `4.2 KB`, `1.2 GB`: decimal units, at most one decimal. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} bytes`;
  let value = bytes;
  let unit = -1;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(value < 10 ? 1 : 0).replace(/\.0$/, '')} ${UNITS[unit] ?? 'KB'}`;
}

function left(seconds: number): string {
  return seconds < 60 ? `${Math.ceil(seconds)} s left` : `${span(seconds * 1000)} left`;
}

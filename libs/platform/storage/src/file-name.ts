const MAX_BYTES = 200;
const MAX_EXTENSION_BYTES = 20;
const FALLBACK = 'file';
const TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,60}$/;

/**
 * A file name as it may be shown and offered for download: the last part of a path in NFKC, without control, format
 * and unassigned characters, at most 200 bytes of UTF-8 with its extension kept. Never empty.
 */
export function normaliseFileName(name: string | null | undefined): string {
  const clean = (name ?? '')
    .toWellFormed()
    .normalize('NFKC')
    .replace(/[\p{C}\p{Zl}\p{Zp}\ufffd]/gu, '');
  const last = clean.split(/[/\\]/).findLast((part) => part.trim() !== '') ?? '';
  const trimmed = last.replace(/\s+/gu, ' ').trim();
  return /^\.*$/.test(trimmed) ? FALLBACK : shorten(trimmed);
}

/** A media type as the client gave it, when it is one; else that of unknown bytes. */
export function normaliseContentType(type: string | null | undefined): string {
  const [essence = ''] = (type ?? '').toLowerCase().split(';', 1);
  return TYPE.test(essence.trim()) ? essence.trim() : 'application/octet-stream';
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : '';
  const kept = Buffer.byteLength(extension) <= MAX_EXTENSION_BYTES ? extension : '';
  let stem = '';
  for (const { segment } of new Intl.Segmenter().segment(name.slice(0, name.length - kept.length))) {
    if (Buffer.byteLength(stem + segment + kept) > MAX_BYTES) break;
    stem += segment;
  }
  return stem + kept;
}

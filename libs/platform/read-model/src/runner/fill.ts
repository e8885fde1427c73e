import type { Position, RecordedEvent } from '@casebook/kernel';
import type { EventLog } from '@casebook/event-store/event-log';
import type { Pace } from './pace';
import type { FillingViewWriter, View } from './view';

export interface FillOptions {
  readonly log: Pick<EventLog, 'readAll'>;
  readonly views: readonly View[];
  readonly pace: Pace;
  readonly epoch: number;
  readonly signal?: AbortSignal;
  /** Events read so far, and the place in the log. */
  readonly onProgress?: (events: number, position: Position) => void;
}

/** Fills new versions of all views in one pass over the log, from its start to its end. The swap is the caller's. */
export async function fillViews({ log, views, pace, epoch, signal, onProgress }: FillOptions): Promise<void> {
  const fillings: { view: View; writer: FillingViewWriter }[] = [];
  for (const view of views) fillings.push({ view, writer: await view.fill() });
  let after: Position | undefined;
  for (let events = 0; ;) {
    signal?.throwIfAborted();
    const page = await gather(log, after, pace.batch);
    const checkpoint = page.at(-1)?.position;
    if (checkpoint === undefined) break;
    for (const { view, writer } of fillings) {
      const wanted = page.filter(({ type }) => view.handles.has(type));
      await pace.run(page.length, () => writer.apply(wanted, { checkpoint, epoch }));
    }
    after = checkpoint;
    events += page.length;
    onProgress?.(events, checkpoint);
    await pace.breathe();
  }
  for (const { writer } of fillings) {
    await writer.finish();
    await pace.breathe();
  }
}

/** A batch of several pages: a page of the log can be short, and only an empty one means the end. */
async function gather(
  log: FillOptions['log'],
  from: Position | undefined,
  count: number,
): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let after = from; events.length < count; after = events.at(-1)?.position) {
    const page = await log.readAll({ after, limit: count - events.length });
    if (page.length === 0) break;
    events.push(...page);
  }
  return events;
}

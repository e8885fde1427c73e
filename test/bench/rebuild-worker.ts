import { openSqliteReadModels, projectionView, serveFill } from '@casebook/read-model';
import { openSqliteSearch } from '@casebook/search';
import { syntheticLog, syntheticProjections, syntheticSource } from './synthetic-tickets';
import { openLog } from './written-log';

/** What a bench hands to its filling threads. Without `log` the events are made on the fly. */
export interface RebuildData {
  readonly directory: string;
  readonly log?: { readonly directory: string; readonly masterKey: string };
  readonly size: number;
}

serveFill(async (data) => {
  const { directory, log: place, size } = data as RebuildData;
  const opened = place && (await openLog(place.directory, place.masterKey));
  const engine = openSqliteReadModels({ directory });
  const search = openSqliteSearch({ directory, sources: [syntheticSource] });
  return {
    log: opened?.log ?? syntheticLog(size),
    views: [...syntheticProjections.map((entry) => projectionView(engine, entry)), search.view],
    close: async () => {
      await search.close();
      await engine.close();
      await opened?.close();
    },
  };
});

import { projectionView, serveFill } from '@casebook/read-model';
import { openPlatform, PROJECTIONS, type OpenOptions } from './platform';

// Loaded as a worker thread: fills new versions of views with connections of its own, while requests are answered.
serveFill(async (data) => {
  const platform = await openPlatform({ ...(data as OpenOptions), readonly: true });
  return {
    log: platform.log,
    views: [...PROJECTIONS.map((entry) => projectionView(platform.readModels, entry)), platform.search.view],
    close: () => platform.close(),
  };
});

export * from './search-index';
export * from './sqlite/sqlite-search';

export * from './accounts.service';
export * from './contract';
export { companyCatalog } from './company/company.events';
export type { CompanyCommand } from './company/company.decider';
export { personCatalog } from './person/person';
export { staffCatalog } from './staff/staff';
export * from './views/companies.view';
export * from './views/people.view';

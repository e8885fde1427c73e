import { type Projection, type RecordedEvent } from '@casebook/kernel';
import type { ReadModelDefinition } from '@casebook/read-model';
import { evolveCompany, type Company } from '../company/company';
import { companyCatalog, type CompanyEvent } from '../company/company.events';

/** A company as its own stream tells it, with its id. */
export type CompanyDocument = Company & { readonly id: string };

export const companiesModel: ReadModelDefinition = {
  name: 'companies',
  version: 2,
  indexes: [{ name: 1 }, { mailDomains: 1 }],
  arrays: ['mailDomains'],
  scope: { staff: true, company: { company: 'id' } },
};

export const companiesProjection: Projection<CompanyDocument, CompanyEvent> = {
  name: 'companies',
  version: 2,
  handles: Object.keys(companyCatalog) as CompanyEvent['type'][],
  id: (event: RecordedEvent<CompanyEvent>) => event.stream.slice('company-'.length),
  on(event, document, id) {
    const company = evolveCompany(document, event);
    return company ? { ...company, id } : null;
  },
};

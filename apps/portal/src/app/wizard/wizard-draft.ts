import type { NewTicket, Severity } from '../api/types';

/** What somebody has filled in so far; it survives a reload. */
export interface WizardDraft {
  readonly step: number;
  readonly service: string;
  readonly type: 'issue' | 'task';
  readonly severity: Severity | '';
  readonly products: readonly { readonly id: string; readonly version: string }[];
  readonly subject: string;
  readonly description: string;
  readonly environment: string;
  readonly impact: string;
  readonly hosts: readonly { readonly name: string; readonly role: string }[];
  readonly stepsTaken: string;
  /** Names the request, so that sending it again after a lost answer opens no second ticket. */
  readonly key: string;
  /** The ticket's number, once it exists (after step 4). */
  readonly created: string;
}

export const EMPTY_DRAFT: WizardDraft = {
  step: 1,
  service: '',
  type: 'issue',
  severity: '',
  products: [],
  subject: '',
  description: '',
  environment: '',
  impact: '',
  hosts: [],
  stepsTaken: '',
  key: '',
  created: '',
};

export const STEPS = ['Service', 'Severity', 'Products', 'Issue', 'Evidence'] as const;
export const ENVIRONMENTS = ['Production', 'QA', 'Staging', 'Development', 'Planning'] as const;
export const HOST_ROLES = ['primary', 'standby', 'replica', 'backup', 'witness', 'proxy', 'not known'] as const;

/** The body of the request; empty fields are left out, and hosts without a name. */
export function ticketOf(draft: WizardDraft): NewTicket {
  const hosts = draft.hosts.filter(({ name }) => name.trim() !== '');
  return {
    service: draft.service,
    type: draft.type,
    ...(draft.type === 'issue' && draft.severity !== '' && { severity: draft.severity }),
    products: draft.products.map(({ id, version }) => (version === '' ? { id } : { id, version })),
    subject: draft.subject.trim(),
    description: draft.description,
    ...(draft.environment !== '' && { environment: draft.environment }),
    ...(draft.impact.trim() !== '' && { impact: draft.impact.trim() }),
    ...(hosts.length > 0 && {
      hosts: hosts.map(({ name, role }) => ({ name: name.trim(), role: role || 'not known' })),
    }),
    ...(draft.stepsTaken.trim() !== '' && { stepsTaken: draft.stepsTaken.trim() }),
  };
}

/** What engineers ask first (R62 to R72): gaps are shown and never block. */
export function checklistOf(draft: WizardDraft): readonly { readonly label: string; readonly given: boolean }[] {
  const named = draft.hosts.filter(({ name }) => name.trim() !== '');
  return [
    { label: 'Clear description', given: draft.description.trim().length >= 40 },
    { label: 'Environment', given: draft.environment !== '' },
    { label: 'Effect on it', given: draft.impact.trim() !== '' },
    { label: 'Hosts and roles', given: named.length > 0 && named.every(({ role }) => role !== '') },
    { label: 'Exact message or steps that show it', given: /```|`[^`]+`|ERROR|FATAL|PANIC/.test(draft.description) },
    { label: 'What you tried', given: draft.stepsTaken.trim() !== '' },
    { label: 'Logs or a collection (step 5)', given: false },
  ];
}

/** Why the step cannot be left yet, by field; empty when it can. */
export function gapsOf(draft: WizardDraft, step: number): Readonly<Record<string, string>> {
  switch (step) {
    case 1:
      return draft.service === '' ? { service: 'Please choose a service.' } : {};
    case 2:
      return draft.type === 'issue' && draft.severity === '' ? { severity: 'Please choose one of the four.' } : {};
    case 3:
      return draft.products.length === 0 ? { products: 'Please add at least one product.' } : {};
    case 4:
      return {
        ...(draft.subject.trim() === '' && { subject: 'Please say in one line what happens.' }),
        ...(draft.description.trim() === '' && { description: 'Please describe what happens.' }),
      };
    default:
      return {};
  }
}

import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type {
  Collection,
  Company,
  DirectUpload,
  Download,
  Me,
  NewCanReport,
  NewTicket,
  People,
  Plan,
  Product,
  PublicStatus,
  SearchHit,
  Service,
  Severity,
  SeverityDefinition,
  Side,
  SystemStatus,
  TicketList,
  TicketPageAnswer,
  TicketWritten,
  Timeline,
  Users,
} from './types';

type Items<T> = { readonly items: readonly T[] };
type Query = Readonly<Record<string, string | number | boolean>>;

/** The API as functions: one per route that the portal uses. Errors are HttpErrorResponse; see problemOf. */
@Injectable({ providedIn: 'root' })
export class ApiClient {
  readonly #http = inject(HttpClient);

  me = () => this.#get<Me>('/api/me');
  switchCompany = (id: string) => this.#post<Me>('/api/me/company', { id });
  signOut = () => this.#post<{ redirectTo: string }>('/auth/logout', {});
  tokens = () =>
    this.#get<
      Items<{
        id: string;
        name: string;
        scopes: readonly string[];
        createdAt: string;
        expiresAt: string;
        lastUsedAt?: string;
      }>
    >('/api/me/tokens');
  createToken = (name: string, expiresInDays: number, scopes: readonly string[]) =>
    this.#post<{ token: string; name: string }>('/api/me/tokens', { name, expiresInDays, scopes });
  revokeToken = (id: string) => firstValueFrom(this.#http.delete<undefined>(`/api/me/tokens/${id}`));

  systemStatus = () => this.#get<SystemStatus>('/api/admin/status');
  rebuildView = (name: string) => this.#post(`/api/admin/views/${name}/rebuild`, {});
  publicStatus = () => this.#get<PublicStatus>('/api/status');

  products = () => this.#get<Items<Product>>('/api/products');
  services = () => this.#get<Items<Service>>('/api/services');
  plans = () => this.#get<Items<Plan>>('/api/plans');
  severities = () => this.#get<Items<SeverityDefinition>>('/api/severities');
  users = (query: Query = {}) => this.#get<Users>('/api/users', query);
  companies = () => this.#get<Items<Company>>('/api/companies');
  inviteUser = (name: string, email: string, role: 'A' | 'U') => this.#post('/api/users', { name, email, role });
  setRole = (id: string, role: 'A' | 'U') => this.#put(`/api/users/${id}/role`, { role });
  userAction = (id: string, action: 'lock' | 'unlock' | 'accept' | 'decline') =>
    this.#post(`/api/users/${id}/${action}`, {});
  search = (q: string) => this.#get<Items<SearchHit>>('/api/search', { q });

  tickets = (query: Query) => this.#get<TicketList>('/api/tickets', query);
  ticket = (number: string) => this.#get<TicketPageAnswer>(`/api/tickets/${number}`);
  timeline = (number: string, cursor: string) =>
    this.#get<Timeline & { readonly people: People }>(`/api/tickets/${number}/timeline`, { cursor });
  downloads = (number: string) =>
    this.#get<Items<Download> & { readonly people: People }>(`/api/tickets/${number}/downloads`);
  /** `key` makes a second try of the same form harmless. */
  openTicket = (body: NewTicket, key: string) => this.#post<TicketWritten>('/api/tickets', body, key);
  followUp = (number: string, body: NewTicket, key: string) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/follow-ups`, body, key);
  reply = (number: string, body: string, owes: Side | undefined, key: string) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/replies`, owes === undefined ? { body } : { body, owes }, key);
  note = (number: string, body: string, key: string) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/notes`, { body }, key);
  canReport = (number: string, report: NewCanReport, key: string) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/can-reports`, report, key);
  needMet = (number: string, reportId: string, n: number) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/can-reports/${reportId}/needs/${n}/met`, {});
  proposeWorkaround = (number: string, body: string, key: string) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/workarounds`, { body }, key);
  workaround = (
    number: string,
    id: string,
    step: 'accept' | 'decline' | 'applied' | 'worked' | 'failed',
    reason?: string,
  ) =>
    this.#post<TicketWritten>(
      `/api/tickets/${number}/workarounds/${id}/${step}`,
      reason === undefined ? {} : { reason },
    );
  proposeResolution = (number: string, body: { symptoms: string; rootCause: string; steps: string }, key: string) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/resolutions`, body, key);
  resolution = (number: string, id: string, step: 'accept' | 'reject', reason?: string) =>
    this.#post<TicketWritten>(
      `/api/tickets/${number}/resolutions/${id}/${step}`,
      reason === undefined ? {} : { reason },
    );
  assign = (number: string, to: { readonly userId: string } | { readonly me: true }) =>
    this.#put<TicketWritten>(`/api/tickets/${number}/assignee`, to);
  offerHandover = (number: string, to: string, note: string) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/handovers`, { to, note });
  handover = (number: string, id: string, step: 'accept' | 'decline', note?: string) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/handovers/${id}/${step}`, note === undefined ? {} : { note });
  severity = (number: string, severity: Severity, reason: string) =>
    this.#put<TicketWritten>(`/api/tickets/${number}/severity`, { severity, reason });
  stage = (number: string, stage: 'mitigation' | 'resolution', reason?: string) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/stage`, reason === undefined ? { stage } : { stage, reason });
  withdraw = (number: string, reason: string) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/withdraw`, { reason });
  close = (number: string, code: string, reason: string) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/close`, { code, reason });
  reopen = (number: string, reason: string) => this.#post<TicketWritten>(`/api/tickets/${number}/reopen`, { reason });
  attach = (number: string, uploadId: string) =>
    this.#post<TicketWritten>(`/api/tickets/${number}/attachments`, { uploadId });

  /** What collectors sent with the person's own tokens, newest first. */
  collections = () => this.#get<Items<Collection>>('/api/insights/collections');

  directUploads = () => this.#get<{ offered: boolean; leastBytes: number }>('/api/direct-uploads');
  beginDirectUpload = (name: string, type: string, size: number) =>
    this.#post<DirectUpload>('/api/direct-uploads', { name, ...(type !== '' && { type }), size });
  resumeDirectUpload = (id: string) => this.#post<DirectUpload>(`/api/direct-uploads/${id}/resume`, {});
  directUploadAddresses = (id: string, parts: readonly number[]) =>
    this.#post<Items<{ number: number; url: string }>>(`/api/direct-uploads/${id}/addresses`, { parts });
  completeDirectUpload = (id: string) =>
    this.#post<{ state: 'checking' | 'done'; checked: number }>(`/api/direct-uploads/${id}/complete`, {});
  cancelDirectUpload = (id: string) => firstValueFrom(this.#http.delete<undefined>(`/api/direct-uploads/${id}`));

  #get<T>(url: string, params: Query = {}): Promise<T> {
    return firstValueFrom(this.#http.get<T>(url, { params }));
  }

  #post<T = unknown>(url: string, body: unknown, key?: string): Promise<T> {
    return firstValueFrom(
      this.#http.post<T>(url, body, key === undefined ? {} : { headers: { 'Idempotency-Key': key } }),
    );
  }

  #put<T = unknown>(url: string, body: unknown): Promise<T> {
    return firstValueFrom(this.#http.put<T>(url, body));
  }
}

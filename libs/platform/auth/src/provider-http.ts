import { SignInRefused } from './refusals';

/** `fetch`, or what stands in for it when the provider lives in the same process. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export interface ProviderLimits {
  /** Milliseconds for a whole answer, body included. */
  readonly timeoutMs: number;
  /** Bytes of a body after decompression. */
  readonly maxBytes: number;
}

const LIMITS: ProviderLimits = { timeoutMs: 5_000, maxBytes: 256 * 1024 };

/**
 * The only way to the provider: each call has an end in time and size and follows no redirect. What it throws is
 * always a SignInRefused: `provider.unavailable` when there is no answer, `provider.answer_invalid` when it is not JSON
 * or too large.
 */
export class ProviderHttp {
  constructor(
    private readonly fetchImpl: Fetch = (url, init) => fetch(url, init),
    private readonly limits: ProviderLimits = LIMITS,
  ) {}

  /** Status and body, whatever the status. */
  async text(url: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
    try {
      const signal = AbortSignal.timeout(this.limits.timeoutMs);
      const response = await this.fetchImpl(url, { ...init, redirect: 'manual', signal });
      return { status: response.status, text: await this.bounded(response, url) };
    } catch (error) {
      if (error instanceof SignInRefused) throw error;
      throw new SignInRefused('provider.unavailable', `${new URL(url).origin} gave no answer: ${reason(error)}`);
    }
  }

  /** Status and JSON object. */
  async json(url: string, init: RequestInit = {}): Promise<{ status: number; body: Record<string, unknown> }> {
    const { status, text } = await this.text(url, {
      ...init,
      headers: { accept: 'application/json', ...init.headers },
    });
    if (status >= 500) throw new SignInRefused('provider.unavailable', `${url} answered ${status}`);
    try {
      const body: unknown = JSON.parse(text);
      if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
        return { status, body: body as Record<string, unknown> };
      }
    } catch {
      // Not JSON at all: told below together with JSON that is no object.
    }
    throw new SignInRefused('provider.answer_invalid', `${url} answered ${status} without a JSON object`);
  }

  private async bounded(response: Response, url: string): Promise<string> {
    if (!response.body) return '';
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > this.limits.maxBytes) {
        throw new SignInRefused('provider.answer_invalid', `${url} answered more than ${this.limits.maxBytes} bytes`);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

/** An error's words with those of its causes: `fetch failed` alone says nothing. */
function reason(error: unknown): string {
  const { message, cause } = error as { message?: unknown; cause?: unknown };
  const words = typeof message === 'string' && message !== '' ? message : String(error);
  return cause === undefined || cause === null ? words : `${words} (${reason(cause)})`;
}

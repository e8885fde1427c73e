/** An answer of the API, read whole. */
export interface Answer<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** What a browser does towards the portal, by fetch: cookies by path, redirects, the sign-in form, the write header. */
export class Browser {
  private cookies: Cookie[] = [];
  /** Position of the own last write, sent with reads as the portal's pages do. */
  readAfter: string | undefined;

  constructor(readonly base: string) {}

  /** The same person with the same session at another instance. */
  at(base: string): Browser {
    const other = new Browser(base);
    other.cookies = [...this.cookies];
    return other;
  }

  async fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const target = new URL(url, this.base);
    const headers = new Headers(init.headers);
    const sent = this.cookies.filter(({ path }) => target.pathname.startsWith(path));
    if (sent.length > 0) headers.set('cookie', sent.map(({ name, value }) => `${name}=${value}`).join('; '));
    const answer = await fetch(target, { redirect: 'manual', ...init, headers });
    for (const line of answer.headers.getSetCookie()) this.keep(line);
    return answer;
  }

  /** Signs in through the demo provider's own form. */
  async signIn(email: string, returnTo = '/'): Promise<Response> {
    const form = await this.follow(`/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
    const html = await form.answer.text();
    const action = /<form[^>]*action="([^"]*)"/.exec(html)?.[1] ?? form.url.pathname;
    const { answer } = await this.follow(new URL(action.replaceAll('&amp;', '&'), form.url), {
      method: 'POST',
      body: new URLSearchParams({ login: email, password: 'demo' }),
      headers: { origin: this.base },
    });
    return answer;
  }

  async get<T>(path: string, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.send('GET', path, undefined, {
      ...(this.readAfter !== undefined && { 'x-read-after': this.readAfter }),
      ...headers,
    });
  }

  async post<T>(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.send('POST', path, body, headers);
  }

  async put<T>(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.send('PUT', path, body, headers);
  }

  /** Any request to the API as the portal sends it. A body that is a text is sent as it is. */
  async send<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const answer = await this.fetch(path, {
      method,
      headers: {
        'x-casebook': '1',
        origin: this.base,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const position = answer.headers.get('x-position');
    if (position !== null && method !== 'GET') this.readAfter = position;
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    return { status: answer.status, headers: answer.headers, text, body: (isJson ? JSON.parse(text) : undefined) as T };
  }

  /** The cookies as one header, for clients that keep none. */
  cookieHeader(): string {
    return this.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  private async follow(url: string | URL, init?: RequestInit): Promise<{ answer: Response; url: URL }> {
    let at = new URL(url, this.base);
    let answer = await this.fetch(at, init);
    for (let hops = 0; hops < 12 && answer.status >= 300 && answer.status < 400; hops++) {
      at = new URL(answer.headers.get('location') ?? '/', at);
      answer = await this.fetch(at);
    }
    return { answer, url: at };
  }

  private keep(line: string): void {
    const [pair = '', ...attributes] = line.split(/; */);
    const cut = pair.indexOf('=');
    const name = pair.slice(0, cut);
    const path = attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? '/';
    const gone = attributes.some(
      (one) => /^max-age=0$/i.test(one) || (/^expires=/i.test(one) && Date.parse(one.slice(8)) < Date.now()),
    );
    this.cookies = this.cookies.filter((cookie) => cookie.name !== name || cookie.path !== path);
    if (!gone) this.cookies.push({ name, value: pair.slice(cut + 1), path });
  }
}

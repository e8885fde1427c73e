interface JarCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly attributes: string;
}

/** A browser as far as sign-in needs one: cookies by path, redirects one at a time, forms. One host only. */
export class Browser {
  private jar: JarCookie[] = [];

  constructor(
    readonly origin: string,
    private readonly fetchImpl: (url: string, init: RequestInit) => Promise<Response> = fetch,
  ) {}

  async request(url: string, init: RequestInit = {}): Promise<Response> {
    const target = new URL(url, this.origin);
    const headers = new Headers(init.headers);
    const cookie = this.cookiesFor(target.pathname);
    if (cookie) headers.set('cookie', cookie);
    const response = await this.fetchImpl(target.href, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.store(line, target.pathname);
    return response;
  }

  get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.request(url, { headers });
  }

  post(url: string, form: Record<string, string>): Promise<Response> {
    return this.request(url, { method: 'POST', body: new URLSearchParams(form) });
  }

  /** Follows redirects until a page (or an error) is there, and answers it with its address. */
  async follow(response: Response): Promise<{ response: Response; url: string }> {
    let current = response;
    let url = response.url === '' ? this.origin : response.url;
    for (let hops = 0; hops < 12; hops += 1) {
      const location = current.headers.get('location');
      if (location === null) return { response: current, url };
      url = new URL(location, url).href;
      current = await this.get(url);
    }
    throw new Error('Too many redirects.');
  }

  cookie(name: string): string | undefined {
    return this.jar.find((cookie) => cookie.name === name)?.value;
  }

  /** The attributes with which a cookie was set, as sent. */
  attributes(name: string): string | undefined {
    return this.jar.find((cookie) => cookie.name === name)?.attributes;
  }

  private cookiesFor(path: string): string {
    return this.jar
      .filter((cookie) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, '/')))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  private store(line: string, requestPath: string): void {
    const [pair = '', ...attributes] = line.split(/; */);
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const attribute = (key: string) =>
      attributes.find((part) => part.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
    const path = attribute('path') ?? requestPath.slice(0, Math.max(1, requestPath.lastIndexOf('/')));
    this.jar = this.jar.filter((cookie) => cookie.name !== name || cookie.path !== path);
    const expires = attribute('expires');
    const gone = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now());
    if (!gone) this.jar.push({ name, value, path, attributes: attributes.join('; ') });
  }
}

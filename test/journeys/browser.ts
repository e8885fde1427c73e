import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Without these, Chromium looks for hosts of its own at every start. */
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Real Chromium, and everything that must not have happened in any of its pages. */
export class RealBrowser {
  /** Console errors, uncaught errors, requests to anywhere else. */
  readonly complaints: string[] = [];
  private tolerant = false;

  private constructor(
    private readonly browser: Browser,
    private readonly origin: string,
    private readonly provider: string,
  ) {}

  /** For a portal at `origin`. Its pages may also go to `provider`, where people sign in. */
  static async launch(origin: string, provider = origin): Promise<RealBrowser> {
    const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
    const args = [...QUIET, '--disable-component-update', '--disable-sync'];
    return new RealBrowser(await chromium.launch({ executablePath, args }), origin, provider);
  }

  /** A fresh browser profile with one page. */
  async open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    this.watch(page);
    return page;
  }

  /** A fresh browser profile with one page, signed in through the demo provider's form. */
  async signIn(email: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.open(options);
    await page.goto(`${this.origin}/auth/login?returnTo=/`);
    await page.locator('input[name=login]').fill(email);
    await page.locator('input[name=password]').fill('demo');
    await page.locator('input[name=password]').press('Enter');
    await page
      .getByRole('navigation', { name: 'Main' })
      .or(page.getByRole('navigation', { name: 'Quick' }))
      .first()
      .waitFor();
    return page;
  }

  /** While the server is meant to be away, failed requests are no complaint. */
  async whileAway(work: () => Promise<void>): Promise<void> {
    this.tolerant = true;
    try {
      await work();
    } finally {
      this.tolerant = false;
    }
  }

  /** What axe finds on the page, in one line each; empty when it is accessible. */
  async axe(page: Page): Promise<readonly string[]> {
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`);
  }

  /** Pictures of all open pages, for whoever looks at a failure. */
  async picture(directory: string): Promise<void> {
    for (const [n, page] of this.browser
      .contexts()
      .flatMap((context) => context.pages())
      .entries()) {
      await page.screenshot({ path: `${directory}/page-${n}.png` }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  private watch(page: Page): void {
    page.on('console', (message) => {
      // Asking who is signed in is how a page learns that nobody is.
      const nobody = message.text().includes('401') && message.location().url.endsWith('/api/me');
      if (message.type() === 'error' && !this.tolerant && !nobody) this.complaints.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.complaints.push(`error: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      const known = url.startsWith(this.origin) || url.startsWith(this.provider);
      if (!known && !/^(data|blob|about):/.test(url)) this.complaints.push(`left: ${url}`);
    });
  }
}

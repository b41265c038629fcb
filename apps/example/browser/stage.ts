import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { ChatPage } from './chat-page.ts';
import type { ExampleServer } from './example-server.ts';

export interface NewPageOptions extends BrowserContextOptions {
  /** Nobody else where it is missing. */
  readonly userId?: string;
  /** Where the page is opened, behind the server's address. */
  readonly path?: string;
}

/** What one test has: pages of its own, of users of its own. */
export class Stage {
  readonly server: ExampleServer;
  readonly #browser: Browser;
  readonly #name: string;
  readonly #contexts: BrowserContext[] = [];
  readonly #problems: string[] = [];
  #mayFail = false;

  constructor({
    browser,
    server,
    name,
  }: {
    readonly browser: Browser;
    readonly server: ExampleServer;
    /** Tells its users from those of other tests. */
    readonly name: string;
  }) {
    this.#browser = browser;
    this.server = server;
    this.#name = name;
  }

  /** Opens the page in a browser of its own. */
  async newPage({ userId, path = '', ...options }: NewPageOptions = {}): Promise<ChatPage> {
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      // Nothing that moves: it is drawn by the processor here.
      reducedMotion: 'reduce',
      ...options,
    });
    this.#contexts.push(context);
    const user = userId ?? `user-${this.#name}-${this.#contexts.length}`;
    await context.request.put(`${this.server.url}api/me`, { data: { userId: user } });
    return this.#open(context, path);
  }

  /** Opens the page in another window of the same browser. */
  async newWindow(of: ChatPage, path = ''): Promise<ChatPage> {
    return this.#open(of.page.context(), path);
  }

  /** This test makes requests fail, which the browser writes into the console. */
  allowFailedRequests(): void {
    this.#mayFail = true;
  }

  /** Closes the pages. Fails where one of them has written an error into its console. */
  async close(): Promise<void> {
    await Promise.all(this.#contexts.map((context) => context.close()));
    const problems = this.#problems.filter((text) => !(this.#mayFail && isFailedRequest(text)));
    if (problems.length > 0) throw new Error(`in the console: ${problems.join('\n')}`);
  }

  async #open(context: BrowserContext, path: string): Promise<ChatPage> {
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => this.#problems.push(String(error)));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.#problems.push(message.text());
    });
    await page.goto(`${this.server.url}${path}`);
    return new ChatPage(page);
  }
}

function isFailedRequest(text: string): boolean {
  return /^Failed to load resource|^WebSocket connection to|^Access to fetch at/u.test(text);
}

import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, type TestAPI, test } from 'vitest';
import { buildPage } from './build-page.ts';
import { ExampleServer, type ExampleServerOptions } from './example-server.ts';
import { chromiumArguments, findChromium } from './find-chromium.ts';
import { Stage } from './stage.ts';

const executablePath = findChromium();
const isSkipped = executablePath === undefined && !process.env['CI'];
if (isSkipped)
  console.warn('Skipped: no chromium on the PATH. On Debian: apt-get install chromium');

/** How long a poll goes on: the page takes a moment, and a busy machine longer. */
export const patiently = { timeout: 15_000 };

// A browser that shares two cores with everything else now and then drops a key, or takes longer
// than anyone waits. What is really broken is so each time.
const RETRIES = 2;

export interface BrowserSuite extends ExampleServerOptions {
  readonly title: string;
  /** One test after the other, because they do something to the server. */
  readonly sequential?: boolean;
}

/**
 * A `describe` with a browser, and a server that its tests share: each test has a `stage` of
 * its own. It is skipped where there is no browser; where `CI` is set, it fails.
 */
export function describeInBrowser(
  { title, sequential = false, ...options }: BrowserSuite,
  body: (it: TestAPI<{ stage: Stage }>) => void,
): void {
  const name = isSkipped ? `${title} (no chromium)` : title;
  describe(name, { concurrent: !sequential, skip: isSkipped, retry: RETRIES }, () => {
    const server = new ExampleServer(options);
    let browser: Browser | undefined;
    let stages = 0;

    beforeAll(async () => {
      if (executablePath === undefined) throw new Error('there is no chromium on the PATH');
      await buildPage();
      [browser] = await Promise.all([
        chromium.launch({ executablePath, args: chromiumArguments }),
        server.start(),
      ]);
    });
    afterAll(async () => {
      await browser?.close();
      await server.dispose();
    });

    body(
      test.extend<{ stage: Stage }>({
        stage: async ({ task }, use) => {
          if (browser === undefined) throw new Error('the browser is not there');
          const stage = new Stage({ browser, server, name: `${task.id}-${++stages}` });
          await use(stage);
          await stage.close();
        },
      }),
    );
  });
}

// Makes the screenshot of the README: `npx tsx browser/take-screenshot.ts` in the folder of the
// example. It builds the page, starts the real server over a store of its own, and lets the
// agent work. Give it the name of another file to leave the README's alone.

import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SqliteSessionService } from '@holdfast/sqlite';
import { chromium } from 'playwright-core';
import { buildPage } from './build-page.ts';
import { ChatPage } from './chat-page.ts';
import { ExampleServer } from './example-server.ts';
import { chromiumArguments, findChromium } from './find-chromium.ts';

const HOUR = 3_600_000;
const { url: here } = import.meta;
const target =
  process.argv[2] === undefined
    ? fileURLToPath(new URL('../screenshot.png', here))
    : resolve(process.argv[2]);

const earlier = [
  { title: 'Packing for the island', hoursAgo: 75 },
  { title: 'What do you know about me?', hoursAgo: 27 },
  { title: 'Add oats and apples to my shopping list', hoursAgo: 5 },
  { title: 'Announce: the ferry leaves at noon', hoursAgo: 2 },
];

const executablePath = findChromium();
if (executablePath === undefined) throw new Error('there is no chromium on the PATH');
await buildPage();
const server = new ExampleServer({ wordDelay: 60, folder: join(tmpdir(), 'holdfast-screenshot') });
const browser = await chromium.launch({ executablePath, args: chromiumArguments });
try {
  await haveEarlierConversations();
  await server.start();
  const [ada, grace] = await Promise.all([openAs('ada'), openAs('grace')]);
  await ada.ask('My name is Ada and I like tea');
  await ada.ask('Add milk and bread to my shopping list');
  await grace.ask('Announce: tea at four');
  await ada.page.locator('[data-scope="app"] .mark').waitFor();
  await ada.ask('What do you know about me?');
  await ada.say('Tell me a story');
  await ada.page.locator('.speaking .text', { hasText: 'nobody knew' }).waitFor();
  await ada.page.screenshot({ path: target, animations: 'disabled' });
  console.log(target);
} finally {
  await browser.close();
  await server.dispose();
}

async function openAs(userId: string): Promise<ChatPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
  });
  await context.request.put(`${server.url}api/me`, { data: { userId } });
  const page = await context.newPage();
  await page.goto(server.url);
  return new ChatPage(page);
}

async function haveEarlierConversations(): Promise<void> {
  for (const { title, hoursAgo } of earlier) {
    const time = Date.now() - hoursAgo * HOUR;
    await using service = await SqliteSessionService.open({
      url: server.storeUrl,
      now: () => time,
    });
    await service.create({ appName: 'holdfast-example', userId: 'ada', state: { title } });
  }
}

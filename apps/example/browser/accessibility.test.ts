import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { describeInBrowser } from './browser.fixture.ts';
import type { ChatPage } from './chat-page.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with the page as it stands. */
async function violations({ page }: ChatPage): Promise<readonly string[]> {
  // Half-way through a transition, colours are neither here nor there.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))),
  );
  await page.evaluate(axe);
  const results = (await page.evaluate('axe.run()')) as AxeResults;
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
  );
}

const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 360, height: 740 } };

describeInBrowser({ title: 'axe', wordDelay: 0 }, (it) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries(sizes)) {
      it(`finds nothing wrong (${colorScheme}, ${size})`, async ({ stage, expect }) => {
        const chat = await stage.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
        const { page } = chat;
        await chat.sees('An agent that remembers');
        expect(await violations(chat)).toEqual([]);

        await chat.ask('My name is Ada and I like tea');
        await chat.ask('Forget my name');
        await chat.ask('Add milk to my shopping list');
        await chat.ask('Announce: tea at four');

        await page.locator('#user-button').click();
        expect(await violations(chat)).toEqual([]);
        await page.keyboard.press('Escape');

        if (size === 'narrow') {
          await page.locator('#open-inspector').click();
          await page.locator('#tab-state').waitFor();
          expect(await violations(chat)).toEqual([]);
        }
        await page.locator('#tab-timeline').click();
        await page.locator('#timeline summary').first().click();
        expect(await violations(chat)).toEqual([]);
        await page.locator('#tab-settings').click();
        await page.locator('#setting-topK').fill('x');
        expect(await violations(chat)).toEqual([]);
        if (size === 'narrow') {
          await page.keyboard.press('Escape');
          await page.locator('#open-conversations').click();
          await page.locator('.conversation-title').waitFor();
          expect(await violations(chat)).toEqual([]);
        }
        await page.locator('.conversation-row .delete').click();
        await chat.sees(/^Deleted/u);
        expect(await violations(chat)).toEqual([]);
      });
    }
  }
});

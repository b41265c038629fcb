import { SqliteSessionService } from '@holdfast/sqlite';
import { describeInBrowser, patiently } from './browser.fixture.ts';

const EVENTS = 10_000;
const key = { appName: 'holdfast-example', userId: 'ada', sessionId: 'long' };

/** Generous: other tests run on the same machine. */
const SECOND = 5_000;

async function seed(url: string): Promise<void> {
  await using service = await SqliteSessionService.open({ url });
  await service.create({ ...key, state: { title: 'A long one' } });
  for (let first = 1; first <= EVENTS; first += 500) {
    const events = Array.from({ length: 500 }, (_, i) => {
      const isUser = (first + i) % 2 === 1;
      const text = `message ${first + i}${' and some more words'.repeat(i % 7)}`;
      return {
        author: isUser ? 'user' : 'agent',
        content: { role: isUser ? 'user' : 'model', parts: [{ text }] },
        ...(!isUser && { turnComplete: true }),
      };
    });
    await service.appendEvents({ ...key, events });
  }
}

describeInBrowser({ title: `a conversation of ${EVENTS} events`, wordDelay: 0 }, (it) => {
  it('opens with the last of them, pages back in place, and goes on', async ({ stage, expect }) => {
    await seed(stage.server.storeUrl);
    const chat = await stage.newPage({ userId: key.userId });
    const { page } = chat;
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (document.querySelector('[data-seq="10000"]') === null) return;
        observer.disconnect();
        performance.mark('last-message');
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto(`${stage.server.url}#/c/long`);
    await page.reload();
    await page.locator('#messages [data-seq="10000"]').waitFor();
    const opened = await page.evaluate(
      () => performance.getEntriesByName('last-message')[0]?.startTime,
    );
    console.info(`The last of ${EVENTS} events showed after ${Math.round(opened ?? -1)} ms.`);
    expect(opened).toBeLessThan(SECOND);
    await expect.poll(() => page.locator('#messages > li').count(), patiently).toBe(50);
    await expect.poll(() => isInSight(9_999), patiently).toBe(true);

    // Back by scrolling: what is in sight stays where it is.
    for (const first of [9_901, 9_851, 9_801]) {
      const top = await page.evaluate(async () => {
        const scroller = document.querySelector('#messages-scroll');
        const item = document.querySelector('#messages > li');
        if (scroller === null || item === null) throw new Error('no messages');
        const before = document.querySelectorAll('#messages > li').length;
        const grown = new Promise<void>((resolve) => {
          new MutationObserver((_, observer) => {
            if (document.querySelectorAll('#messages > li').length === before) return;
            observer.disconnect();
            resolve();
          }).observe(document.body, { childList: true, subtree: true });
        });
        scroller.scrollTop = 0;
        const offset = item.getBoundingClientRect().top;
        await grown;
        await new Promise((resolve) => requestAnimationFrame(resolve));
        return Math.abs(item.getBoundingClientRect().top - offset);
      });
      expect(top).toBeLessThan(40);
      await expect
        .poll(() => page.locator('#messages > li').first().getAttribute('data-seq'), patiently)
        .toBe(String(first));
    }

    // And by the button, with the keyboard.
    await page.locator('#messages-scroll').evaluate((scroller) => {
      scroller.scrollTop = 400;
    });
    await page.locator('#earlier').focus();
    await page.locator('#earlier').press('Enter');
    await page.locator('#messages [data-seq="9751"]').waitFor({ state: 'attached' });

    await page.locator('#jump').click();
    await expect.poll(() => isInSight(10_000), patiently).toBe(true);
    await chat.say('My name is Ada');
    await page.locator('#messages [data-seq="10004"]').waitFor();
    await expect.poll(() => isInSight(10_004), patiently).toBe(true);

    async function isInSight(seq: number): Promise<boolean> {
      return page.locator(`#messages [data-seq="${seq}"]`).evaluate((item) => {
        const { top, bottom } = item.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
      });
    }
  });
});

import { expect } from 'vitest';
import { describeInBrowser, patiently } from './browser.fixture.ts';

describeInBrowser({ title: 'a server that is killed', wordDelay: 15, sequential: true }, (it) => {
  it.for(['sse', 'bidi'] as const)(
    'is found again by the page, with what was stored and no half answer (%s)',
    async (mode, { stage }) => {
      const chat = await stage.newPage();
      await chat.ask('My name is Ada');
      await chat.chooseMode(mode);
      await chat.startAnswer();
      stage.allowFailedRequests();
      await stage.server.kill();
      await chat.sees(/connection to the server is lost/u);
      await expect.poll(() => chat.page.locator('.speaking').count(), patiently).toBe(0);
      await stage.server.start();
      await chat.sees(/connection is back/u);
      await expect
        .poll(() => chat.messages().allInnerTexts(), patiently)
        .toEqual(['My name is Ada', 'Tell me a story']);
      await expect.poll(() => chat.answers().count(), patiently).toBe(1);

      // Asked again with the same id, the message is stored once, and answered.
      await chat.page.getByRole('button', { name: 'Try again' }).click();
      await expect.poll(() => chat.answers().count(), patiently).toBe(2);
      await expect
        .poll(() => chat.answers().last().textContent(), patiently)
        .toMatch(/finished the line\.$/u);
      await expect.poll(() => chat.messages().count(), patiently).toBe(2);
    },
  );

  it('gets a message that was written while it was away, when that is tried again', async ({
    stage,
  }) => {
    const chat = await stage.newPage();
    await chat.ask('My name is Ada');
    stage.allowFailedRequests();
    await stage.server.kill();
    await chat.say('I like tea');
    await chat.sees('You · not known to be stored');
    await stage.server.start();
    await chat.sees(/connection is back/u);
    await chat.page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => chat.answers().count(), patiently).toBe(2);
    await expect
      .poll(() => chat.messages().allInnerTexts(), patiently)
      .toEqual(['My name is Ada', 'I like tea']);
    const likes = chat.page.locator('[data-scope="user"] [data-key^="likes"]');
    await expect.poll(() => likes.textContent(), patiently).toContain('tea');
  });

  it('keeps its user and the open conversation over a reload', async ({ stage }) => {
    const chat = await stage.newPage();
    await chat.ask('My name is Ada');
    await stage.server.kill();
    await stage.server.start();
    await chat.page.reload();
    await expect.poll(() => chat.messages().allInnerTexts(), patiently).toEqual(['My name is Ada']);
    await expect.poll(() => chat.stateOf('user', 'name'), patiently).toContain('Ada');
    stage.allowFailedRequests();
  });
});

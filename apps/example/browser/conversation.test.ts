import { SqliteSessionService } from '@holdfast/sqlite';
import { describeInBrowser, patiently } from './browser.fixture.ts';

const story = /^A keeper of a lighthouse.*finished the line\.$/su;

describeInBrowser({ title: 'a conversation', wordDelay: 25 }, (it) => {
  it('answers all at once in the mode none', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    await chat.chooseMode('none');
    const answered = chat.page.waitForResponse((response) => response.url().endsWith('/messages'));
    await chat.say('Tell me a story');
    await chat.sees('The agent is working');
    expect((await answered).headers()['content-type']).toMatch(/^application\/json/u);
    await expect
      .poll(() => chat.answers().allInnerTexts(), patiently)
      .toEqual([expect.stringMatching(story)]);
  });

  it('streams the answer in the mode sse', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    await chat.chooseMode('sse');
    const answered = chat.page.waitForResponse((response) => response.url().endsWith('/messages'));
    await chat.startAnswer();
    expect((await answered).headers()['content-type']).toMatch(/^text\/event-stream/u);
    await expect.poll(() => chat.answers().count(), patiently).toBe(0);
    await chat.page.locator('#send').waitFor();
    await expect
      .poll(() => chat.answers().allInnerTexts(), patiently)
      .toEqual([expect.stringMatching(story)]);
  });

  it('streams the answer over a WebSocket in the mode bidi', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    await chat.chooseMode('bidi');
    const opened = chat.page.waitForEvent('websocket');
    await chat.startAnswer();
    expect((await opened).url()).toMatch(/\/socket$/u);
    await chat.page.locator('#send').waitFor();
    await expect
      .poll(() => chat.answers().allInnerTexts(), patiently)
      .toEqual([expect.stringMatching(story)]);
  });

  it.for(['none', 'sse', 'bidi'] as const)(
    'stops an answer in the mode %s, and goes on after it',
    async (mode, { stage, expect }) => {
      const chat = await stage.newPage();
      await chat.chooseMode(mode);
      if (mode === 'none') {
        await chat.say('Tell me a story');
        await expect.poll(() => chat.stateOf('temp', 'step'), patiently).toContain('answering');
      } else {
        await chat.startAnswer();
      }
      await chat.page.locator('#stop').click();
      await chat.sees(/Interrupted/u);
      expect(await chat.answers().first().textContent()).not.toMatch(story);
      expect(await chat.ask('My name is Ada')).toContain('Ada');
    },
  );

  it('opens the same conversation after a reload, and follows the answer that runs', async ({
    stage,
    expect,
  }) => {
    const chat = await stage.newPage();
    await chat.startAnswer();
    await chat.page.reload();
    await chat.startsWith('A keeper of a lighthouse');
    await chat.page.locator('#send').waitFor();
    await expect
      .poll(() => chat.answers().allInnerTexts(), patiently)
      .toEqual([expect.stringMatching(story)]);
    await expect
      .poll(() => chat.messages().allInnerTexts(), patiently)
      .toEqual(['Tell me a story']);
  });

  it('shows what another process stores, and offers to ask again where an answer has failed', async ({
    stage,
    expect,
  }) => {
    const chat = await stage.newPage({ userId: 'mary' });
    await chat.ask('My name is Mary');
    const sessionId = new URL(chat.page.url()).hash.slice('#/c/'.length);
    await using service = await SqliteSessionService.open({ url: stage.server.storeUrl });
    await service.appendEvents({
      appName: 'holdfast-example',
      userId: 'mary',
      sessionId,
      events: [
        { author: 'user', content: { role: 'user', parts: [{ text: 'I like tea' }] } },
        {
          author: 'agent',
          errorCode: 'MODEL_ERROR',
          errorMessage: 'the quota is used up',
          turnComplete: true,
        },
      ],
    });
    await chat.sees('Failed: the quota is used up');
    await chat.page.getByRole('button', { name: 'Ask again' }).click();
    await expect.poll(() => chat.answers().count(), patiently).toBe(2);
    await expect
      .poll(() => chat.messages().allInnerTexts(), patiently)
      .toEqual(['My name is Mary', 'I like tea', 'I like tea']);
  });
});

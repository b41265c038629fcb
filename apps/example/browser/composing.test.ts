import { describeInBrowser, patiently } from './browser.fixture.ts';

const story = /^A keeper of a lighthouse.*finished the line\.$/su;
const TOO_LONG = 'long '.repeat(60_000);
const MANY_LINES = 'line\n'.repeat(40);

describeInBrowser({ title: 'what one writes', wordDelay: 25 }, (it) => {
  it('leaves the end in sight when a long text is pasted into the field, until the reader scrolls up', async ({
    stage,
    expect,
  }) => {
    const chat = await stage.newPage({ viewport: { width: 700, height: 800 } });
    const { page } = chat;
    await page.locator('#dismiss-next').evaluate((button) => (button as HTMLElement).click());
    await chat.ask(MANY_LINES);
    await chat.startAnswer();
    const distance = () =>
      page
        .locator('#messages-scroll')
        .evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);
    // Between the page's own scrolling and the event that tells of it, the field grows.
    await page.evaluate((text) => {
      const field = document.querySelector<HTMLTextAreaElement>('#message');
      const scroller = document.querySelector('#messages-scroll');
      if (field === null || scroller === null) throw new Error('no field');
      scroller.scrollTop = 0;
      scroller.scrollTop = scroller.scrollHeight;
      field.value = text;
      field.dispatchEvent(new Event('input'));
    }, MANY_LINES);
    await expect.poll(() => chat.answers().count(), patiently).toBe(2);
    await expect.poll(distance, patiently).toBeLessThan(4);
    await expect.poll(() => page.locator('#jump').isHidden(), patiently).toBe(true);

    await page.locator('#message').fill('');
    await chat.ask('Tell me a story');
    await page.locator('#messages-scroll').hover();
    await page.mouse.wheel(0, -300);
    await expect.poll(() => page.locator('#jump').isVisible(), patiently).toBe(true);
    await chat.say('My name is Ada');
    await expect.poll(() => chat.answers().count(), patiently).toBe(4);
    await expect.poll(distance, patiently).toBeLessThan(4);
  });

  it.for(['sse', 'bidi'] as const)(
    'gives a message back that is too long, and offers no second try (%s)',
    async (mode, { stage, expect }) => {
      const chat = await stage.newPage();
      const { page } = chat;
      stage.allowFailedRequests();
      await chat.chooseMode(mode);
      await chat.say(TOO_LONG);
      await page.locator('.notice').waitFor();
      await expect
        .poll(() => page.locator('#message').inputValue(), patiently)
        .toBe(TOO_LONG.trim());
      await expect.poll(() => page.locator('.notice button').count(), patiently).toBe(0);
      await expect.poll(() => page.locator('.pending').count(), patiently).toBe(0);
      expect(await chat.ask('My name is Ada')).toContain('Ada');
      await expect.poll(() => page.locator('.notice').count(), patiently).toBe(0);
    },
  );

  it('interrupts the answer with Enter in the mode bidi, and sends the message after it', async ({
    stage,
    expect,
  }) => {
    const chat = await stage.newPage();
    await chat.chooseMode('bidi');
    await chat.startAnswer();
    await chat.say('My name is Ada');
    await expect.poll(() => chat.answers().count(), patiently).toBe(2);
    expect(await chat.answers().first().textContent()).not.toMatch(story);
    await expect.poll(() => chat.answers().last().textContent(), patiently).toContain('Ada');
    await expect
      .poll(() => chat.messages().allInnerTexts(), patiently)
      .toEqual(['Tell me a story', 'My name is Ada']);
    await chat.sees(/Interrupted/u);
  });

  it.for(['none', 'sse'] as const)(
    'keeps the text in the mode %s while an answer is on its way, and says why',
    async (mode, { stage, expect }) => {
      const chat = await stage.newPage();
      await chat.chooseMode(mode);
      await chat.say('Tell me a story');
      await chat.page.locator('#stop').waitFor();
      await chat.say('My name is Ada');
      await chat.sees(/the answer has to end first, or be stopped/u);
      await expect
        .poll(() => chat.page.locator('#message').inputValue(), patiently)
        .toBe('My name is Ada');
      await chat.page.locator('#send').waitFor();
      await expect.poll(() => chat.answers().last().textContent(), patiently).toMatch(story);
      await expect
        .poll(() => chat.page.locator('#composer-note').textContent(), patiently)
        .toBe('');
      await chat.page.locator('#message').press('Enter');
      await expect.poll(() => chat.answers().count(), patiently).toBe(2);
    },
  );

  it('offers what is left to try above the field, until that is dismissed', async ({
    stage,
    expect,
  }) => {
    const chat = await stage.newPage();
    const { page } = chat;
    const left = page.locator('#next-list button');
    await page.getByRole('button', { name: 'My name is Ada and I like tea' }).click();
    await expect.poll(() => chat.answers().count(), patiently).toBe(1);
    await expect.poll(() => left.count(), patiently).toBe(4);
    await left.filter({ hasText: 'Announce: tea at four' }).click();
    await expect.poll(() => chat.answers().count(), patiently).toBe(2);
    expect(await left.allInnerTexts()).not.toContain('Announce: tea at four');
    await page.locator('#dismiss-next').click();
    await expect.poll(() => page.locator('#next-steps').isHidden(), patiently).toBe(true);
    await expect.poll(() => chat.focused(), patiently).toBe('message');
    await page.reload();
    await expect.poll(() => chat.messages().count(), patiently).toBe(2);
    await expect.poll(() => page.locator('#next-steps').isHidden(), patiently).toBe(true);
  });

  it('keeps in its place what turns the direction of a text', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    const { page } = chat;
    await chat.ask('My name is \u202eadA');
    const turned = page.locator('.tool-value', { hasText: '\u202e' });
    await expect
      .poll(() => turned.evaluate((one) => getComputedStyle(one).unicodeBidi), patiently)
      .toBe('isolate');
    await expect.poll(() => chat.stateOf('user', 'name'), patiently).toContain('"\\u202eadA"');
    expect(await page.title()).not.toContain('\u202e');
  });
});

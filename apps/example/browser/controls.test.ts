import { describeInBrowser, patiently } from './browser.fixture.ts';

describeInBrowser({ title: 'the controls', wordDelay: 0 }, (it) => {
  it('sends with Enter, and makes a new line with Shift and Enter', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    const { keyboard } = chat.page;
    await expect.poll(() => chat.focused(), patiently).toBe('message');
    await keyboard.type('My name is Ada');
    await keyboard.press('Shift+Enter');
    await keyboard.type('and I like tea');
    await expect.poll(() => chat.messages().count(), patiently).toBe(0);
    await keyboard.press('Enter');
    await chat.answers().first().waitFor();
    await expect
      .poll(() => chat.messages().allInnerTexts(), patiently)
      .toEqual(['My name is Ada\nand I like tea']);
    await expect.poll(() => chat.focused(), patiently).toBe('message');
  });

  it('reaches everything by Tab, beginning with a link to the message', async ({
    stage,
    expect,
  }) => {
    const chat = await stage.newPage();
    await chat.ask('My name is Ada');
    await chat.page.locator('.skip-link').focus();
    const seen: string[] = [];
    for (let i = 0; i < 24; i++) {
      seen.push(await chat.focused());
      await chat.page.keyboard.press('Tab');
    }
    expect(seen[0]).toBe('skip-link');
    for (const id of ['user-button', 'theme-button', 'new-conversation', 'message', 'tab-state']) {
      expect(seen).toContain(id);
    }
  });

  it('walks through the tabs with the arrows', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    const { keyboard } = chat.page;
    await chat.page.locator('#tab-state').focus();
    await keyboard.press('ArrowRight');
    await expect.poll(() => chat.focused(), patiently).toBe('tab-timeline');
    await expect.poll(() => chat.page.locator('#panel-timeline').isVisible(), patiently).toBe(true);
    await keyboard.press('ArrowLeft');
    await keyboard.press('ArrowLeft');
    await expect.poll(() => chat.focused(), patiently).toBe('tab-settings');
    await expect
      .poll(() => chat.page.locator('#panel-timeline').isVisible(), patiently)
      .toBe(false);
  });

  it('switches the user from the menu, and comes back to its button', async ({ stage, expect }) => {
    const chat = await stage.newPage({ userId: 'ada' });
    const { keyboard } = chat.page;
    await expect.poll(() => chat.page.locator('#user-name').textContent(), patiently).toBe('ada');
    await chat.page.locator('#user-button').focus();
    await keyboard.press('Enter');
    await expect.poll(() => chat.focused(), patiently).toBe('ada');
    // A busy browser drops a key now and then, so it is pressed until it has done something.
    const moveOn = async () => {
      if ((await chat.focused()) === 'ada') await keyboard.press('Tab');
      return chat.focused();
    };
    await expect.poll(moveOn, patiently).toBe('grace');
    await keyboard.press('Enter');
    await expect.poll(() => chat.page.locator('#user-name').textContent(), patiently).toBe('grace');
    await expect.poll(() => chat.focused(), patiently).toBe('user-button');
    await keyboard.press('Enter');
    await expect.poll(() => chat.focused(), patiently).toBe('ada');
    await keyboard.press('Escape');
    await expect.poll(() => chat.focused(), patiently).toBe('user-button');
  });

  it('undoes a deletion, by the button and by Ctrl+Z', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    const { keyboard } = chat.page;
    await chat.ask('My name is Ada');
    const remove = chat.page.getByRole('button', { name: 'Delete My name is Ada' });
    const rows = chat.page.locator('.conversation-row');
    await remove.focus();
    await keyboard.press('Enter');
    await expect.poll(() => rows.count(), patiently).toBe(0);
    await expect.poll(() => chat.focused(), patiently).toBe('Undo');
    await keyboard.press('Enter');
    await expect.poll(() => rows.count(), patiently).toBe(1);
    await remove.focus();
    await keyboard.press('Enter');
    await expect.poll(() => rows.count(), patiently).toBe(0);
    await keyboard.press('Control+z');
    await expect.poll(() => rows.count(), patiently).toBe(1);
    await expect.poll(() => chat.focused(), patiently).toMatch(/^My name is Ada/u);
  });

  it('opens and closes the panels of a narrow window, and comes back to where it was', async ({
    stage,
    expect,
  }) => {
    const chat = await stage.newPage({ viewport: { width: 360, height: 740 } });
    const { keyboard } = chat.page;
    for (const panel of ['conversations', 'inspector']) {
      await expect.poll(() => chat.page.locator(`#${panel}`).isVisible(), patiently).toBe(false);
      await chat.page.locator(`#open-${panel}`).focus();
      await keyboard.press('Enter');
      await expect.poll(() => chat.page.locator(`#${panel}`).isVisible(), patiently).toBe(true);
      // What lies under the panel cannot be reached.
      for (let i = 0; i < 12; i++) {
        await keyboard.press('Tab');
        expect(await chat.focused()).not.toBe('message');
      }
      await keyboard.press('Escape');
      await expect.poll(() => chat.focused(), patiently).toBe(`open-${panel}`);
      await expect.poll(() => chat.page.locator(`#${panel}`).isVisible(), patiently).toBe(false);
    }
  });

  it('puts the focus into a panel that slides in', async ({ stage, expect }) => {
    const chat = await stage.newPage({
      viewport: { width: 390, height: 844 },
      reducedMotion: 'no-preference',
    });
    for (const panel of ['conversations', 'inspector']) {
      await chat.page.locator(`#open-${panel}`).focus();
      await chat.page.keyboard.press('Enter');
      await expect.poll(() => chat.focused(), patiently).toBe(panel);
      // The link that skips to the message would lead under the panel.
      await chat.page.locator('.skip-link').evaluate((link) => (link as HTMLElement).focus());
      await expect.poll(() => chat.focused(), patiently).toBe(panel);
      await chat.page.keyboard.press('Escape');
      await expect.poll(() => chat.focused(), patiently).toBe(`open-${panel}`);
    }
  });

  it('says beside a setting what is wrong with it, and leaves it out', async ({
    stage,
    expect,
  }) => {
    const chat = await stage.newPage();
    const { page } = chat;
    await page.locator('#tab-settings').click();
    for (const [field, typed, problem] of [
      ['temperature', '2.1', /from 0 to 2/u],
      ['topP', '-1', /from 0 to 1/u],
      ['topK', '1.5', /integer of at least 1/u],
      ['maxOutputTokens', 'many', /must be a number, got "many"/u],
    ] as const) {
      const input = page.locator(`#setting-${field}`);
      await input.fill(typed);
      await expect
        .poll(() => page.locator(`#setting-${field}-error`).textContent(), patiently)
        .toMatch(problem);
      await expect.poll(() => input.getAttribute('aria-invalid'), patiently).toBe('true');
      await expect
        .poll(() => input.getAttribute('aria-describedby'), patiently)
        .toContain(`setting-${field}-error`);
    }
    await page.locator('#setting-topK').fill('40');
    const sent = page.waitForRequest((request) => request.url().endsWith('/messages'));
    await chat.ask('My name is Ada');
    expect((await sent).postDataJSON()).toMatchObject({ config: { topK: 40 } });
    expect(Object.keys((await sent).postDataJSON().config)).toEqual(['topK']);
  });

  it('sends the settings to the model', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    await chat.page.locator('#tab-settings').click();
    await chat.page.locator('#setting-maxOutputTokens').fill('4');
    expect(await chat.ask('Tell me a story')).toMatch(/^A keeper of a\s*$/u);
    await chat.sees('Cut off: the limit of output tokens is reached');
  });

  it('keeps the settings over a reload, and the theme', async ({ stage, expect }) => {
    const chat = await stage.newPage({ colorScheme: 'light' });
    const { page } = chat;
    await page.locator('#tab-settings').click();
    await page.locator('#mode-bidi').check();
    await page.locator('#setting-temperature').fill('0.5');
    await page.locator('#theme-button').click();
    await page.locator('#theme-button').click();
    await page.reload();
    await expect.poll(() => page.locator('#mode-bidi').isChecked(), patiently).toBe(true);
    await expect
      .poll(() => page.locator('#setting-temperature').inputValue(), patiently)
      .toBe('0.5');
    await expect
      .poll(() => page.locator('html').getAttribute('data-theme'), patiently)
      .toBe('dark');
    await expect
      .poll(() => page.locator('#theme-button').getAttribute('aria-label'), patiently)
      .toBe('Theme: dark');
  });
});

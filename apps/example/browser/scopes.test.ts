import { expect } from 'vitest';
import { describeInBrowser, patiently } from './browser.fixture.ts';

describeInBrowser({ title: 'the scopes of state', wordDelay: 15, sequential: true }, (it) => {
  it('shows what each message puts into which scope', async ({ stage }) => {
    const chat = await stage.newPage();
    await chat.ask('My name is Ada and I like tea');
    await expect.poll(() => chat.stateOf('user', 'name'), patiently).toBe('"Ada" set #3');
    await chat.sees('remembered name = Ada');
    await chat.ask('Add milk and bread to my shopping list');
    await expect
      .poll(() => chat.stateOf('session', 'shopping'), patiently)
      .toBe('["milk", "bread"] set #7');
    await expect.poll(() => chat.stateOf('user', 'name'), patiently).toBe('"Ada"');
    await chat.ask('Announce: tea at four');
    await expect
      .poll(() => chat.stateOf('app', 'announcement'), patiently)
      .toBe('"tea at four" set #11');
    await chat.ask('Forget my name');
    await expect.poll(() => chat.stateOf('user', 'name'), patiently).toBe('removed #15');
  });

  it('shows the temporary state while the agent works, and that it is gone then', async ({
    stage,
  }) => {
    const chat = await stage.newPage();
    await chat.startAnswer();
    await expect.poll(() => chat.stateOf('temp', 'step'), patiently).toBe('"answering" set');
    await expect.poll(() => chat.stateOf('temp', 'step'), patiently).toBe('never stored gone');
  });

  it('opens a stored event to its JSON', async ({ stage }) => {
    const chat = await stage.newPage();
    await chat.ask('My name is Ada');
    await chat.page.locator('#tab-timeline').click();
    const event = chat.page.locator('#timeline [data-seq="3"]');
    await expect.poll(() => event.textContent(), patiently).toContain('user:name');
    await event.locator('summary').click();
    const json = event.locator('.json', { hasText: '}' });
    expect(JSON.parse((await json.textContent()) ?? '')).toMatchObject({
      seq: 3,
      actions: { stateDelta: { 'user:name': 'Ada' } },
    });
  });

  it('shows what the user writes as text, never as HTML', async ({ stage }) => {
    const chat = await stage.newPage();
    const text = '<img src=x onerror="document.title=1"> <b>bold</b>';
    await chat.ask(`My name is ${text}`);
    await expect
      .poll(() => chat.messages().allInnerTexts(), patiently)
      .toEqual([`My name is ${text}`]);
    await expect.poll(() => chat.page.locator('img, b').count(), patiently).toBe(0);
  });

  it('shows in every window of a user what one of them writes to user: and app:', async ({
    stage,
  }) => {
    const first = await stage.newPage();
    const second = await stage.newWindow(first);
    await first.ask('My name is Ada. Announce: tea at four');
    await first.ask('Announce: tea at four');
    await expect.poll(() => second.stateOf('user', 'name'), patiently).toBe('"Ada" set elsewhere');
    await expect
      .poll(() => second.stateOf('app', 'announcement'), patiently)
      .toContain('tea at four');
    await first.ask('Forget my name');
    await expect.poll(() => second.stateOf('user', 'name'), patiently).toBe('removed elsewhere');
    await first.ask('Add milk to my shopping list');
    await second.ask('My name is Augusta');
    await expect
      .poll(() => first.stateOf('user', 'name'), patiently)
      .toBe('"Augusta" set elsewhere');
    expect(await second.stateOf('session', 'shopping')).toBeUndefined();
  });

  it('shows the messages of one window in another that has the same conversation open', async ({
    stage,
  }) => {
    const first = await stage.newPage();
    await first.ask('My name is Ada');
    const second = await stage.newWindow(first, new URL(first.page.url()).hash);
    await expect
      .poll(() => second.messages().allInnerTexts(), patiently)
      .toEqual(['My name is Ada']);
    await first.ask('Add milk to my shopping list');
    await expect.poll(() => second.messages().count(), patiently).toBe(2);
    await expect.poll(() => second.stateOf('session', 'shopping'), patiently).toContain('milk');
  });

  it('shows another user app: and nothing else', async ({ stage }) => {
    const ada = await stage.newPage({ userId: 'ada-lovelace' });
    const grace = await stage.newPage({ userId: 'grace-hopper' });
    await ada.ask('My name is Ada');
    await ada.ask('Announce: biscuits at five');
    await expect.poll(() => grace.stateOf('app', 'announcement'), patiently).toContain('biscuits');
    expect(await grace.stateOf('user', 'name')).toBeUndefined();
    await expect.poll(() => grace.page.locator('.conversation-row').count(), patiently).toBe(0);
  });

  it('refuses to open the conversation of another user', async ({ stage }) => {
    const ada = await stage.newPage();
    await ada.ask('My name is Ada');
    stage.allowFailedRequests();
    const grace = await stage.newPage({ path: new URL(ada.page.url()).hash });
    await grace.sees(/not there, or it is not yours/u);
    await expect.poll(() => grace.messages().count(), patiently).toBe(0);
  });

  it('takes over the user that another window has switched to, and says so', async ({ stage }) => {
    const first = await stage.newPage();
    await first.ask('My name is Ada');
    const second = await stage.newWindow(first);
    // The conversation that the first one has open is not there for the other user.
    stage.allowFailedRequests();
    await second.page.locator('#user-button').click();
    await second.page.locator('#new-user').fill('mary');
    await second.page.locator('#new-user').press('Enter');
    await first.sees(/you are mary here, too/u);
    await expect.poll(() => first.page.locator('.conversation-row').count(), patiently).toBe(0);
    await expect.poll(() => first.page.locator('#user-name').textContent(), patiently).toBe('mary');
    expect(await first.stateOf('user', 'name')).toBeUndefined();
  });

  it('says beside the field why a name cannot be a user', async ({ stage }) => {
    const chat = await stage.newPage();
    stage.allowFailedRequests();
    await chat.page.locator('#user-button').click();
    await chat.page.locator('#new-user').fill('x'.repeat(300));
    await chat.page.locator('#new-user').press('Enter');
    await expect
      .poll(() => chat.page.locator('#new-user-error').textContent(), patiently)
      .toMatch(/^The name .*255/u);
    await expect.poll(() => chat.focused(), patiently).toBe('new-user');
    await chat.page.locator('#new-user').fill('');
    await chat.page.locator('#new-user').press('Enter');
    await expect
      .poll(() => chat.page.locator('#new-user-error').textContent(), patiently)
      .toMatch(/^The name must not be empty/u);
  });
});

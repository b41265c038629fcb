import { expect, vi } from 'vitest';
import { describeInBrowser, patiently } from './browser.fixture.ts';
import type { ChatPage } from './chat-page.ts';

const titles = (chat: ChatPage) => chat.page.locator('.conversation-title').allInnerTexts();

/** Two conversations, the second one open. */
async function haveTwo(chat: ChatPage): Promise<void> {
  await chat.ask('My name is Ada');
  await chat.page.locator('#new-conversation').click();
  await chat.ask('Announce: tea at four');
  await vi.waitFor(
    async () => expect(await titles(chat)).toEqual(['Announce: tea at four', 'My name is Ada']),
    patiently,
  );
}

describeInBrowser({ title: 'the list of conversations', wordDelay: 0 }, (it) => {
  it('moves a conversation to the top when something is said in it', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    await haveTwo(chat);
    await chat.page.getByRole('link', { name: 'My name is Ada' }).click();
    await expect.poll(() => chat.messages().allInnerTexts(), patiently).toEqual(['My name is Ada']);
    await chat.ask('I like tea');
    await expect
      .poll(() => titles(chat), patiently)
      .toEqual(['My name is Ada', 'Announce: tea at four']);
  });

  it('brings a deleted conversation back with Undo', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    await haveTwo(chat);
    await chat.page.getByRole('button', { name: 'Delete Announce: tea at four' }).click();
    await expect.poll(() => titles(chat), patiently).toEqual(['My name is Ada']);
    await chat.sees('Deleted “Announce: tea at four”');
    await chat.page.getByRole('button', { name: 'Undo' }).click();
    await expect
      .poll(() => titles(chat), patiently)
      .toEqual(['Announce: tea at four', 'My name is Ada']);
    // It was open when it was deleted, and is open again.
    await expect
      .poll(() => chat.messages().allInnerTexts(), patiently)
      .toEqual(['Announce: tea at four']);
    await chat.page.reload();
    await expect
      .poll(() => titles(chat), patiently)
      .toEqual(['Announce: tea at four', 'My name is Ada']);
  });

  it('deletes a conversation only when its toast ends', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    await haveTwo(chat);
    await chat.page.clock.install();
    const sent: string[] = [];
    chat.page.on('request', (request) => void sent.push(request.method()));
    await chat.page.getByRole('button', { name: 'Delete Announce: tea at four' }).click();
    await chat.page.clock.runFor(3_000);
    expect(sent).not.toContain('DELETE');
    const deleted = chat.page.waitForResponse(
      (response) => response.request().method() === 'DELETE',
    );
    await chat.page.clock.runFor(4_000);
    expect((await deleted).status()).toBe(204);
    await expect.poll(() => chat.page.locator('.toast').count(), patiently).toBe(0);
  });

  it('deletes what waits when the page is left', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    await haveTwo(chat);
    await chat.page.getByRole('button', { name: 'Delete Announce: tea at four' }).click();
    await chat.page.goto('about:blank');
    const other = await stage.newWindow(chat);
    await expect.poll(() => titles(other), patiently).toEqual(['My name is Ada']);
  });

  it('shows a long list page by page, the newest first', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    const { request } = chat.page.context();
    for (let i = 0; i < 40; i++)
      await request.post(`${stage.server.url}api/sessions`, { data: {} });
    await chat.page.reload();
    await expect.poll(() => titles(chat), patiently).toHaveLength(30);
    await chat.page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => titles(chat), patiently).toHaveLength(40);
    await expect
      .poll(() => chat.page.locator('#more-conversations').isHidden(), patiently)
      .toBe(true);
  });

  it('opens the state of the user in a new conversation', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    await haveTwo(chat);
    await chat.page.locator('#new-conversation').click();
    await expect.poll(() => chat.stateOf('user', 'name'), patiently).toBe('"Ada"');
    expect(await chat.stateOf('session', 'title')).toBeUndefined();
    await chat.sees('An agent that remembers');
  });

  it('keeps what is written and not sent with its conversation', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    const { page } = chat;
    await haveTwo(chat);
    const written = () => page.locator('#message').inputValue();
    await page.locator('#message').fill('for the second');
    await page.getByRole('link', { name: 'My name is Ada' }).click();
    await expect.poll(() => chat.messages().allInnerTexts(), patiently).toEqual(['My name is Ada']);
    await expect.poll(() => written(), patiently).toBe('');
    await page.locator('#message').fill('for the first');
    await page.getByRole('link', { name: 'Announce: tea at four' }).click();
    await expect.poll(written, patiently).toBe('for the second');
    await page.getByRole('link', { name: 'My name is Ada' }).click();
    await expect.poll(written, patiently).toBe('for the first');
  });

  it('follows what another window does', async ({ stage, expect }) => {
    const first = await stage.newPage();
    const second = await stage.newWindow(first);
    await first.ask('My name is Ada');
    await expect
      .poll(() => titles(second), { timeout: 3_000, interval: 50 })
      .toEqual(['My name is Ada']);
  });

  it('says that an open conversation was deleted in another window', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    await haveTwo(chat);
    stage.allowFailedRequests();
    const id = new URL(chat.page.url()).hash.slice('#/c/'.length);
    await chat.page.context().request.delete(`${stage.server.url}api/sessions/${id}`);
    await chat.sees('This conversation was deleted.');
    await chat.sees('An agent that remembers');
    await expect.poll(() => titles(chat), patiently).toEqual(['My name is Ada']);
  });
});

import type { Locator, Page } from 'playwright-core';

type Scope = 'session' | 'user' | 'app' | 'temp';

/** The page as a person uses it. */
export class ChatPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Types a message, sends it with Enter, and waits for nothing. */
  async say(text: string): Promise<void> {
    await this.page.locator('#message').fill(text);
    await this.page.locator('#message').press('Enter');
  }

  /** Says something, and waits until it is answered to the end. Gives the answer. */
  async ask(text: string): Promise<string> {
    const before = await this.answers().count();
    await this.say(text);
    await this.answers().nth(before).waitFor();
    await this.page.locator('#send').waitFor();
    return (await this.answers().last().textContent()) ?? '';
  }

  /** Says something that is answered for a while, and waits until some words are there. */
  async startAnswer(text = 'Tell me a story'): Promise<void> {
    await this.say(text);
    await this.page.locator('.speaking .text', { hasText: 'lighthouse' }).waitFor();
  }

  /** Waits for an answer that is being said, and begins with the text. */
  async startsWith(text: string): Promise<void> {
    await this.page.locator('.speaking .text', { hasText: new RegExp(`^${text}`, 'u') }).waitFor();
  }

  /** The texts of the stored answers. */
  answers(): Locator {
    return this.page.locator('#messages .from-agent .text');
  }

  /** The texts of the stored messages of the user. */
  messages(): Locator {
    return this.page.locator('#messages .from-user .text');
  }

  /** What stands on the card of a scope beside a key, its mark included; undefined without the key. */
  async stateOf(scope: Scope, key: string): Promise<string | undefined> {
    const row = this.page.locator(`[data-scope="${scope}"] [data-key="${key}"]`);
    const texts = await row.locator('dd').allInnerTexts();
    return texts.length === 0 ? undefined : texts.join(' ').replace(/\s+/gu, ' ').trim();
  }

  async chooseMode(mode: 'none' | 'sse' | 'bidi'): Promise<void> {
    await this.page.locator('#tab-settings').click();
    await this.page.locator(`#mode-${mode}`).check();
    await this.page.locator('#tab-state').click();
  }

  /** Waits until the text can be seen somewhere. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** The id or the visible text of what has the focus. */
  async focused(): Promise<string> {
    return this.page.evaluate(() => {
      const { activeElement } = document;
      return activeElement?.id || activeElement?.textContent?.trim() || 'nothing';
    });
  }
}

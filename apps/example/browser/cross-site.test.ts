import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import { describeInBrowser, patiently } from './browser.fixture.ts';
import type { ChatPage } from './chat-page.ts';

const sites = new Set<Server>();
afterAll(() => {
  for (const site of sites) site.close();
});

/** A page of another site (`localhost` is one to `127.0.0.1`): gives its address. */
async function otherSite(html: string): Promise<string> {
  const site = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html').end(`<!doctype html>${html}`);
  });
  sites.add(site);
  await once(site.listen(0, '127.0.0.1'), 'listening');
  return `http://localhost:${(site.address() as AddressInfo).port}/`;
}

const userOf = (chat: ChatPage): Promise<string> =>
  chat.page.evaluate(async () => (await (await fetch('/api/me')).json()).userId);

describeInBrowser({ title: "another site's page", wordDelay: 0 }, (it) => {
  it('that links to the API does not change who the user is', async ({ stage, expect }) => {
    const chat = await stage.newPage({ userId: 'grace' });
    stage.allowFailedRequests();
    const { url } = stage.server;
    await chat.page.goto(await otherSite(`<a href="${url}api/me">look</a>`));
    await chat.page.getByText('look').click();
    await chat.page.waitForURL(`${url}api/me`);
    await chat.page.goto(url);
    expect(await userOf(chat)).toBe('grace');
  });

  it('that links to a conversation leads there, as the user who follows', async ({
    stage,
    expect,
  }) => {
    const chat = await stage.newPage();
    await chat.ask('My name is Ada');
    const before = await userOf(chat);
    const address = chat.page.url();
    await chat.page.goto(await otherSite(`<a href="${address}">look</a>`));
    await chat.page.getByText('look').click();
    await expect.poll(() => chat.messages().allInnerTexts(), patiently).toEqual(['My name is Ada']);
    expect(await userOf(chat)).toBe(before);
  });

  it('can do nothing in the name of its visitor', async ({ stage, expect }) => {
    const chat = await stage.newPage();
    stage.allowFailedRequests();
    await chat.ask('My name is Ada');
    const [user, address] = [await userOf(chat), chat.page.url()];
    const { url } = stage.server;
    const session = `${url}api/sessions/${decodeURIComponent(address.split('/').at(-1) ?? '')}`;
    await chat.page.goto(await otherSite('<title>Nothing to see</title>'));
    const ends = await chat.page.evaluate(
      async ({ url, session }) => {
        const credentials = 'include';
        const headers = { 'Content-Type': 'application/json' };
        // As a form sends it: the server is not asked beforehand whether it may be sent.
        const form = { method: 'POST', mode: 'no-cors', credentials } as const;
        const image = new Image();
        image.src = `${url}api/me`;
        const socket = new WebSocket(`${session.replace('http', 'ws')}/socket`);
        const attempts = {
          image: image.decode(),
          form: fetch(`${url}api/sessions`, form),
          formWithBody: fetch(`${session}/interrupt`, { ...form, body: '{}' }),
          read: fetch(session, { credentials }),
          begin: fetch(`${url}api/sessions`, { method: 'POST', credentials }),
          become: fetch(`${url}api/me`, {
            method: 'PUT',
            credentials,
            headers,
            body: '{"userId":"eve"}',
          }),
          remove: fetch(session, { method: 'DELETE', credentials }),
          socket: new Promise((resolve, reject) => {
            socket.onopen = resolve;
            socket.onerror = reject;
          }),
        };
        const settled = await Promise.allSettled(Object.values<Promise<unknown>>(attempts));
        return Object.keys(attempts).map((name, i) => [name, settled[i]?.status]);
      },
      { url, session },
    );
    expect(ends.filter(([, status]) => status !== 'rejected')).toEqual([]);

    await chat.page.goto(address);
    await expect.poll(() => chat.messages().allInnerTexts(), patiently).toEqual(['My name is Ada']);
    expect(await userOf(chat)).toBe(user);
    const { sessions } = await chat.page.evaluate(async () =>
      (await fetch('/api/sessions')).json(),
    );
    expect(sessions).toHaveLength(1);
    const ada = await stage.newPage({ userId: 'ada' });
    const of = await ada.page.evaluate(async () => (await fetch('/api/sessions')).json());
    expect(of.sessions).toEqual([]);
  });
});

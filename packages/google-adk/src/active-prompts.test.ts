import { appendSummary, compact, toContents } from '@holdfast/history';
import { describe, expect, it } from 'vitest';
import { text } from './scripted-model.fixture.ts';
import { lastText, takeTurn } from './shop.fixture.ts';
import { describeStores } from './stores.fixture.ts';
import { openTalk, SUMMARY, userContent, wordsIn, wordsOf } from './talk.fixture.ts';

/** A summary that says what it has seen. */
const summarize = (events: Parameters<typeof toContents>[0]) =>
  userContent(`(${wordsOf(toContents(events)).join(', ')})`);

describe('what a model is given', () => {
  describeStores((open) => {
    it('is without what a rewind has taken back, and with it again if that is undone', async () => {
      const { store, key, say, asked } = await openTalk(await open());
      await say('one');
      const second = await say('two');
      await store.rewind({ ...key, beforeInvocationId: second });
      await say('three');
      expect(asked()).toEqual(['one', 'you said one', 'three']);
      await store.rewind({ ...key, toSeq: 4 });
      await say('four');
      expect(asked()).toEqual(['one', 'you said one', 'two', 'you said two', 'four']);
    });

    it('has the state that a rewind has brought back', async () => {
      const { store, key, say, read } = await openTalk(await open());
      await say('add book');
      const second = await say('add lamp');
      await store.rewind({ ...key, beforeInvocationId: second });
      await say('add desk');
      expect((await read()).state['cart']).toEqual(['book', 'desk']);
    });

    it('is without what was retracted or erased', async () => {
      const { store, key, say, asked, read } = await openTalk(await open());
      await say('one');
      await say('two');
      const [first, , third, fourth] = (await read()).events;
      await store.retract({ ...key, eventIds: [third?.id ?? '', fourth?.id ?? ''] });
      await store.retract({ ...key, eventIds: [first?.id ?? ''], erase: true });
      await say('three');
      expect(asked()).toEqual(['you said one', 'three']);
    });

    it('has a summary in place of what it covers, and a second one in place of both', async () => {
      const { store, key, say, asked, read } = await openTalk(await open());
      await say('one');
      await say('add book');
      await say('two');
      await compact(store, { ...key, summarize, keep: { events: 2 } });
      await say('three');
      const first =
        '(one, you said one, add book, add_item, add_item answers, read_step, read_step answers, done: {"step":"added book"})';
      expect(asked()).toEqual([`${SUMMARY}${first}`, 'two', 'you said two', 'three']);

      await compact(store, { ...key, summarize, keep: { events: 2 } });
      await say('four');
      const second = `(${first}, two, you said two)`;
      expect(asked()).toEqual([`${SUMMARY}${second}`, 'three', 'you said three', 'four']);
      expect(wordsIn(await read())).toEqual([second, ...asked().slice(1), 'you said four']);
      expect((await read()).state['cart']).toEqual(['book']);
      expect((await store.get(key))?.events).toHaveLength(16);
    });

    it('is what was there before a summary, if the summary is rewound', async () => {
      const { store, key, say, asked } = await openTalk(await open());
      await say('one');
      await appendSummary(store, { ...key, throughSeq: 2, content: userContent('Ada: one.') });
      await say('two');
      await store.rewind({ ...key, toSeq: 2 });
      await say('three');
      expect(asked()).toEqual(['one', 'you said one', 'three']);
    });

    it('is that of the point at which a session was forked', async () => {
      const { store, key, say, asked } = await openTalk(await open());
      await say('one');
      const second = await say('two');
      await store.rewind({ ...key, beforeInvocationId: second });
      await appendSummary(store, { ...key, throughSeq: 2, content: userContent('Ada: one.') });
      await say('three');
      const fork = await store.fork({ ...key, throughSeq: 6 });
      await say('four', fork.id);
      expect(asked()).toEqual([`${SUMMARY}Ada: one.`, 'four']);
      const earlier = await store.fork({ ...key, throughSeq: 4 });
      await say('five', earlier.id);
      expect(asked()).toEqual(['one', 'you said one', 'two', 'you said two', 'five']);
      await say('six');
      expect(asked()).toEqual([`${SUMMARY}Ada: one.`, 'three', 'you said three', 'six']);
    });

    it('has both summaries around a call that waits, and the call, whose result may come', async () => {
      const { store, key, runner, say, asked, read } = await openTalk(await open());
      await say('one');
      await say('order desk');
      const keep = { events: 0 };
      await compact(store, { ...key, summarize: () => userContent('Ada: one.'), keep });
      await say('two');
      await compact(store, { ...key, summarize: () => userContent('Ada: two.'), keep });
      await say('three');
      const waiting = ['order desk', 'order_item', 'order_item answers'];
      expect(asked()).toEqual([`${SUMMARY}Ada: one.`, ...waiting, 'Ada: two.', 'three']);

      const call = (await read()).events.flatMap(({ content }) => content?.parts ?? []);
      const { id, name } = call.find((part) => part.functionCall)?.functionCall ?? {};
      const response = { arrived: true };
      const parts = [{ functionResponse: { id: id ?? '', name: name ?? '', response } }];
      const events = await takeTurn({ runner, sessionId: key.sessionId, parts });
      expect(lastText(events)).toBe('done: {"arrived":true}');
    });

    it('asks for a confirmation that was requested before a summary', async () => {
      const { store, key, runner, say, read } = await openTalk(await open());
      await say('one');
      await say('close');
      await compact(store, { ...key, summarize, keep: { events: 0 } });
      const { events } = await read();
      expect(events[0]).toMatchObject({ isCompacted: true });
      const calls = events.flatMap(({ content }) => content?.parts ?? []);
      const request = calls.find(({ functionCall }) => /^adk_/.test(functionCall?.name ?? ''));
      const { id = '', name = '' } = request?.functionCall ?? {};
      const parts = [{ functionResponse: { id, name, response: { confirmed: true } } }];
      const turn = await takeTurn({ runner, sessionId: key.sessionId, parts });
      expect(lastText(turn)).toBe('done: {"closed":true}');
      await takeTurn({ runner, sessionId: key.sessionId, parts: [text('thanks')] });
      expect((await read()).state['closed']).toBe(true);
    });
  });
});

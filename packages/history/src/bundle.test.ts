/// <reference types="node" />

import { relative, resolve } from 'node:path';
import { createContext, Script } from 'node:vm';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const here = import.meta.dirname;
const packages = resolve(here, '../..');

const ENTRY = `
import { appendSummary, compact, selectWindow, toContents } from '@holdfast/history';
import { InMemorySessionService } from '@holdfast/in-memory';

const key = { appName: 'shop', userId: 'ada', sessionId: 's1' };

async function main() {
  const service = new InMemorySessionService();
  await service.create(key);
  for (const text of ['one', 'two', 'three', 'four']) {
    const content = { role: 'user', parts: [{ text }] };
    await service.appendEvent({ ...key, event: { author: 'user', content } });
  }
  const summarize = (events) => ({ parts: [{ text: events.length + ' so far' }] });
  await appendSummary(service, { ...key, throughSeq: 1, content: { parts: [{ text: 'the first' }] } });
  const { type } = await compact(service, { ...key, summarize, keep: { events: 1 } });
  const session = await service.get({ ...key, active: true });
  const { events } = selectWindow(session, { maxBytes: 1_000_000, maxTokens: 1_000 });
  return [type, events.length, toContents(session).map(({ parts }) => parts[0].text)];
}

globalThis.answer = main().then((result) => JSON.stringify(result));
`;

const GLOBALS = ['TextEncoder', 'crypto', 'performance', 'setTimeout', 'clearTimeout', 'URL'];

test('works, bundled for a browser, with nothing of Node and no other package', async () => {
  const { metafile, outputFiles } = await build({
    stdin: { contents: ENTRY, resolveDir: here, sourcefile: 'entry.ts', loader: 'ts' },
    absWorkingDir: packages,
    bundle: true,
    format: 'iife',
    metafile: true,
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  const folders = Object.keys(metafile.inputs)
    .filter((path) => path !== 'entry.ts')
    .map((path) => relative(packages, resolve(packages, path)).split(/[\\/]/)[0]);
  expect([...new Set(folders)].sort()).toEqual([
    'core',
    'history',
    'in-memory',
    'session',
    'state',
  ]);

  const globals = GLOBALS.map((name) => [name, Reflect.get(globalThis, name)]);
  const context = createContext(Object.fromEntries(globals));
  new Script(outputFiles[0]?.text ?? '').runInContext(context);
  expect(JSON.parse(await Reflect.get(context, 'answer'))).toEqual([
    'compacted',
    2,
    ['3 so far', 'four'],
  ]);
});

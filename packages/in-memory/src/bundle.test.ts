/// <reference types="node" />

import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, Script } from 'node:vm';
import { build, type Platform } from 'esbuild';
import { describe, expect, test } from 'vitest';

/** What a page or an edge runtime has, and nothing that only Node has. */
const WEB_GLOBALS = [
  'AbortController',
  'AbortSignal',
  'DOMException',
  'Event',
  'EventTarget',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'atob',
  'btoa',
  'clearTimeout',
  'console',
  'crypto',
  'performance',
  'queueMicrotask',
  'setTimeout',
  'structuredClone',
] as const;

const here = dirname(fileURLToPath(import.meta.url));
const packages = resolve(here, '../..');

const ENTRY = `
import { createEvent, isHoldfastError } from '@holdfast/core';
import { InMemorySessionService } from '@holdfast/in-memory';
import { iterateEvents } from '@holdfast/session';

const key = { appName: 'shop', userId: 'ada', sessionId: 's1' };

async function main() {
  const service = new InMemorySessionService();
  await service.create({ ...key, state: { 'user:name': 'Ada', step: 1 } });
  for (const step of [2, 3]) {
    const event = createEvent({
      author: 'user',
      content: { role: 'user', parts: [{ text: 'step ' + step }] },
      actions: { stateDelta: { step, 'temp:draft': true, 'app:open': true } },
    });
    await service.appendEvent({ ...key, event });
  }
  const walked = [];
  for await (const event of iterateEvents(service, { ...key, pageSize: 1 })) {
    walked.push([event.seq, event.content.parts[0].text]);
  }
  const session = await service.get(key);
  const { sessions } = await service.list({ appName: 'shop', userId: 'ada' });
  let refusal;
  try {
    await service.appendEvent({ ...key, event: { author: 'user', actions: { stateDelta: { x: 1n } } } });
  } catch (error) {
    refusal = isHoldfastError(error) && [error.code, error.path];
  }
  await service.close();
  return {
    walked,
    state: session.state.toJSON(),
    revision: session.revision,
    listed: sessions.map(({ id }) => id),
    refusal,
  };
}

globalThis.answer = main().then((result) => JSON.stringify(result));
`;

describe.each<Platform>(['browser', 'neutral'])('bundled for the platform %s', (platform) => {
  test('the store consists of core, state, session and in-memory alone', async () => {
    const { inputs } = await bundle(platform);

    const origins = new Set(inputs.map((path) => relative(packages, path).replaceAll('\\', '/')));

    expect(
      [...origins].filter((path) => !/^(core|state|session|in-memory)\/src\//.test(path)),
    ).toEqual([]);
    expect(new Set([...origins].map((path) => path.split('/')[0]))).toEqual(
      new Set(['core', 'state', 'session', 'in-memory']),
    );
  });

  test('the store works where there are only web-standard globals', async () => {
    const { code } = await bundle(platform);
    const context = createContext(
      Object.fromEntries(WEB_GLOBALS.map((name) => [name, Reflect.get(globalThis, name)])),
    );

    new Script(code).runInContext(context);

    expect(JSON.parse(await Reflect.get(context, 'answer'))).toEqual({
      walked: [
        [1, 'step 2'],
        [2, 'step 3'],
      ],
      state: { 'user:name': 'Ada', 'app:open': true, step: 3 },
      revision: 2,
      listed: ['s1'],
      refusal: ['invalid_argument', 'actions.stateDelta["x"]'],
    });
    expect(
      new Script('[typeof process, typeof require, typeof Buffer].join()').runInContext(context),
    ).toBe('undefined,undefined,undefined');
  });
});

async function bundle(platform: Platform) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: ENTRY, resolveDir: here, sourcefile: 'entry.ts', loader: 'ts' },
    absWorkingDir: packages,
    bundle: true,
    format: 'iife',
    metafile: true,
    platform,
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  const inputs = Object.keys(metafile.inputs)
    .filter((path) => path !== 'entry.ts')
    .map((path) => resolve(packages, path));
  return { code: outputFiles[0]?.text ?? '', inputs };
}

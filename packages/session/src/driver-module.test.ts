/// <reference types="node" />

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { driverExport, driverLoadError } from './driver-module.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-driver-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

write('loader.cjs', 'exports.imported = (name) => import(name); exports.required = require;');
const loader: {
  imported(name: string): Promise<unknown>;
  required(name: string): unknown;
} = createRequire(import.meta.url)(join(folder, 'loader.cjs'));

const ways = {
  import: async (name: string) => loader.imported(name),
  require: async (name: string) => loader.required(name),
};

async function errorOf(load: () => Promise<unknown>): Promise<unknown> {
  try {
    await load();
  } catch (error) {
    return error;
  }
  throw new Error('it was loaded');
}

describe.each(Object.entries(ways))('a driver that %s cannot load', (_, load) => {
  it.each(['absent', 'absent/promise'])('is not installed if it is %s', async (module) => {
    const cause = await errorOf(() => load(module));
    expect(driverLoadError('absent', cause)).toMatchObject({
      code: 'unsupported',
      message: 'the driver absent is not installed: `npm install absent`',
      cause,
    });
  });

  const broken = {
    'lacks-dependency': "require('absent');",
    // Its name begins with that of the driver.
    'lacks-part': "require('lacks-part-linux');",
    'lacks-file': "require('./binding.node');",
    'is-wrong': 'const = 1;',
    'wants-more': "throw new Error('needs Node 99');",
    'throws-text': "throw 'no binding';",
  };
  it.each(Object.entries(broken))('is broken if it %s', async (name, code) => {
    write(`node_modules/${name}/index.js`, code);
    const cause = await errorOf(() => load(name));
    const error = driverLoadError(name, cause);
    expect(error).toMatchObject({ code: 'misconfigured', cause });
    const reason = cause instanceof Error ? cause.message : String(cause);
    expect(error.message).toBe(`the driver ${name} could not be loaded: ${reason}`);
  });

  it('is broken if its main file is missing', async () => {
    write('node_modules/lacks-main/package.json', '{ "main": "gone.js" }');
    const cause = await errorOf(() => load('lacks-main'));
    expect(driverLoadError('lacks-main', cause).code).toBe('misconfigured');
  });
});

describe('what others say of a module that they cannot find', () => {
  it.each([
    ['Jest', "Cannot find module 'pg' from 'node_modules/@holdfast/postgres/dist/index.cjs'"],
    ['webpack', "Cannot find module 'pg'"],
    ['Vite', 'Could not resolve "pg" imported by "@holdfast/postgres". Is it installed?'],
    ['Vitest', "Cannot find package 'pg' imported from '/home/ada/shop/store.ts'"],
    ['Bun', "Cannot find package 'pg' from '/home/ada/shop/store.js'"],
    ['a bundle of Bun', 'Cannot find module "pg" from "/home/ada/shop/store.js"'],
    ['Deno', 'Import "pg" not a dependency and not in import map'],
  ])('is understood: %s', (_, message) => {
    const error = driverLoadError('pg', new Error(message));
    expect(error.code).toBe('unsupported');
    const other = message.replace('pg', 'pg-pool');
    expect(driverLoadError('pg', new Error(other)).code).toBe('misconfigured');
  });
});

describe('driverExport', () => {
  const Pool = class {};
  it.each([
    ['itself', { Pool }],
    ['in its default', { default: { Pool } }],
    ['in both', { Pool, default: { Pool } }],
    ['on a function', { default: Object.assign(() => {}, { Pool }) }],
  ])('finds what a module exports %s', (_, module) => {
    expect(driverExport(module as { Pool: unknown }, 'Pool')).toBe(Pool);
  });

  it.each([{}, { default: undefined }, { Pool: {} }, { default: { Pool: undefined } }])(
    'throws if a module has no such function: %j',
    (module) => {
      expect(() => driverExport(module as { Pool: unknown }, 'Pool')).toThrow('exports no Pool');
    },
  );
});

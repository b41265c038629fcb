import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import {
  absoluteStoreUrl,
  describeStoreUrl,
  isInMemory,
  schemeOf,
  sqliteFileOf,
} from './store-url.ts';

test('a scheme is what stands before the first colon', () => {
  expect(schemeOf('Postgres://host/chat')).toBe('postgres');
  expect(schemeOf('memory:')).toBe('memory');
  expect(schemeOf('chat.db')).toBeUndefined();
  expect(schemeOf('./a:b')).toBeUndefined();
});

test('a sqlite: URL names a file, unless it is in memory or another URL', () => {
  expect(sqliteFileOf('sqlite:./data/chat.db')).toBe(resolve('data/chat.db'));
  expect(sqliteFileOf('sqlite:/var/chat.db')).toBe(resolve('/var/chat.db'));
  expect(sqliteFileOf('sqlite:///var/chat.db')).toBe(resolve('/var/chat.db'));
  for (const url of [
    'sqlite:',
    'sqlite::memory:',
    'sqlite://host/chat.db',
    // In the current folder to some, and at the root to others.
    'sqlite:///chat.db',
    'sqlite:///./chat.db',
    'sqlite:file:chat.db',
    'sqlite:chat.db?mode=ro',
    'memory:',
  ]) {
    expect(sqliteFileOf(url), url).toBeUndefined();
  }
});

test('a store is described without user, password and parameters', () => {
  expect(describeStoreUrl('postgres://ada:secret@db:5432/chat?password=secret#secret', '.')).toBe(
    'postgres://db:5432/chat',
  );
  expect(describeStoreUrl('mysql://ada:se@cret@db/chat', '.')).toBe('mysql://db/chat');
  for (const url of [
    'postgres://ada:1/secret@db/chat',
    'postgres://ada:1#secret@db/chat',
    'postgres://ada:1?secret@db/chat',
    'postgres://ada:secret/@db/chat',
    'secret',
  ]) {
    expect(describeStoreUrl(url, '.'), url).toBeUndefined();
  }
});

test('a path begins in the folder that is given, and is described from there', () => {
  const folder = resolve('some', 'folder');
  const url = absoluteStoreUrl('sqlite:./data/chat.db', folder);
  expect(url).toBe(`sqlite:${join(folder, 'data', 'chat.db')}`);
  expect(sqliteFileOf(url)).toBe(join(folder, 'data', 'chat.db'));
  expect(describeStoreUrl(url, folder)).toBe(join('data', 'chat.db'));
  const above = absoluteStoreUrl('sqlite:../chat.db', folder);
  expect(describeStoreUrl(above, folder)).toBe(resolve('some', 'chat.db'));
  for (const other of ['sqlite:/var/chat.db', 'sqlite:///var/chat.db']) {
    expect(absoluteStoreUrl(other, folder)).toBe(`sqlite:${resolve('/var/chat.db')}`);
  }
  for (const other of ['sqlite:', 'sqlite::memory:', 'sqlite:chat.db?mode=ro', 'redis://host']) {
    expect(absoluteStoreUrl(other, folder)).toBe(other);
  }
});

test('what is in memory is known', () => {
  for (const url of ['memory:', 'sqlite::memory:', 'sqlite://:memory:', 'sqlite:///:memory:'])
    expect(isInMemory(url), url).toBe(true);
  for (const url of ['sqlite:memory', 'redis://host']) expect(isInMemory(url), url).toBe(false);
});

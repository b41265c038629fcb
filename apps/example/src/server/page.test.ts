import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../store/temporary-folder.fixture.ts';
import { startServer } from './test-server.fixture.ts';

function buildPage(): string {
  const folder = join(temporaryFolder(), 'page');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Page</title>');
  writeFileSync(join(folder, 'assets/main-1a2b.js'), 'export {};');
  writeFileSync(join(folder, '..', 'secret.txt'), 'do not tell');
  return folder;
}

test('the page and its assets are served, with their types', async () => {
  const { url } = await startServer({ pageFolder: buildPage() });
  const page = await fetch(url);
  expect(page.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('Cache-Control')).toBe('no-cache');
  expect(await page.text()).toContain('<title>Page</title>');
  const script = await fetch(new URL('assets/main-1a2b.js', url));
  expect(script.headers.get('Content-Type')).toContain('javascript');
  expect(script.headers.get('Cache-Control')).toContain('immutable');
  const head = await fetch(url, { method: 'HEAD' });
  expect(head.status).toBe(200);
});

test('nothing outside of the page is served', async () => {
  const { url } = await startServer({ pageFolder: buildPage() });
  for (const path of [
    '../secret.txt',
    '%2e%2e/secret.txt',
    '..%2fsecret.txt',
    'assets/../../secret.txt',
  ]) {
    const response = await fetch(`${url}${path}`);
    expect(response.status, path).toBe(404);
    expect(await response.text()).not.toContain('do not tell');
  }
  const missing = await fetch(`${url}assets/none.js`);
  expect(missing.status).toBe(404);
  expect(missing.headers.get('Cache-Control')).toBeNull();
});

test('a page that is built later is served then', async () => {
  const folder = buildPage();
  rmSync(folder, { recursive: true });
  const { url } = await startServer({ pageFolder: folder });
  const before = await fetch(url);
  expect(before.status).toBe(503);
  expect(await before.text()).toContain('npm run build');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  expect((await fetch(url)).status).toBe(200);
});

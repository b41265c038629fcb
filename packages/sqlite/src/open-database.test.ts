import { describe, expect, it } from 'vitest';
import { parseSqliteUrl } from './open-database.ts';

describe('parseSqliteUrl', () => {
  it.each([
    ['sqlite:./chat.db', './chat.db'],
    ['sqlite:chat.db', 'chat.db'],
    ['sqlite:../a b/ü.db', '../a b/ü.db'],
    ['sqlite:/var/lib/chat.db', '/var/lib/chat.db'],
    ['sqlite:///var/lib/chat.db', '/var/lib/chat.db'],
    ['sqlite:C:\\chat\\chat.db', 'C:\\chat\\chat.db'],
    ['SQLITE:chat.db', 'chat.db'],
    ['sqlite::memory:', ':memory:'],
  ])('finds the file of %s', (url, file) => {
    expect(parseSqliteUrl(url)).toBe(file);
  });

  it.each([
    undefined,
    null,
    42,
    '',
    './chat.db',
    'sqlite',
    'sqlite:',
    'sqlite:  ',
    'sqlite3:chat.db',
    'postgres://localhost/chat',
    // The file would be /chat.db, and not the one that is meant.
    'sqlite://./chat.db',
    'sqlite://chat.db',
    'sqlite:////chat.db',
    // libsql would call a server.
    'sqlite:http://localhost:8080',
    'sqlite:libsql://localhost',
    'sqlite:file:chat.db',
    'sqlite:chat.db?mode=ro',
    'sqlite:chat\0.db',
    'sqlite:chat\n.db',
  ])('refuses %j', (url) => {
    expect(() => parseSqliteUrl(url)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path: 'url' }),
    );
  });
});

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SqliteSessionService } from './sqlite-session-service.ts';
import { parseSqliteUrl } from './sqlite-url.ts';
import { drivers, tempFolder } from './test-database.fixture.ts';

const folder = tempFolder();

describe('A URL of SQLite', () => {
  it.each([
    ['sqlite:./chat.db', './chat.db'],
    ['sqlite:chat.db', 'chat.db'],
    ['sqlite:../a b/ü.db', '../a b/ü.db'],
    ['sqlite:/var/lib/chat.db', '/var/lib/chat.db'],
    ['sqlite:/chat.db', '/chat.db'],
    ['sqlite:///var/lib/chat.db', '/var/lib/chat.db'],
    ['SQLITE:chat.db', 'chat.db'],
    ['sqlite:c#/chat#1.db', 'c#/chat#1.db'],
    ['sqlite:100%.db', '100%.db'],
    ['sqlite:a~b/~.db', 'a~b/~.db'],
    // As SQLAlchemy has an absolute path.
    ['sqlite:////var/lib/chat.db', '/var/lib/chat.db'],
    ['sqlite:////chat.db', '/chat.db'],
    // As @google/adk has a path.
    ['sqlite://./chat.db', './chat.db'],
    ['sqlite://chat.db', 'chat.db'],
    ['sqlite://data/chat.db', 'data/chat.db'],
    ['sqlite::memory:', ':memory:'],
    ['sqlite://:memory:', ':memory:'],
    ['sqlite:///:memory:', ':memory:'],
  ])('names a file: %s', (url, file) => {
    expect(parseSqliteUrl(url)).toBe(file);
  });

  it.each([
    ['sqlite:C:\\chat\\chat.db', 'C:\\chat\\chat.db'],
    ['sqlite:///C:/chat/chat.db', 'C:/chat/chat.db'],
    ['sqlite:///C:\\chat\\chat.db', 'C:\\chat\\chat.db'],
    ['sqlite:\\\\server\\share\\chat.db', '\\\\server\\share\\chat.db'],
  ])('may be a path of Windows, there: %s', (url, file) => {
    expect(parseSqliteUrl(url, 'win32')).toBe(file);
    expect(() => parseSqliteUrl(url, 'linux')).toThrow(/is a path of Windows/);
  });

  it.each([
    ['', 'is empty, and must be sqlite: and a file, such as sqlite:./chat.db'],
    ['./chat.db', 'must be sqlite: and a file'],
    ['sqlite', 'must be sqlite: and a file'],
    ['sqlite:', 'names no file'],
    ['sqlite:  ', 'names no file'],
    ['sqlite://', 'write sqlite:./chat.db, or sqlite::memory: for a database in memory'],
    ['sqlite:///', 'names no file'],
    [':memory:', 'write sqlite::memory:'],
    ['sqlite::MEMORY:', 'names a file :MEMORY:: write sqlite::memory:'],
    ['sqlite:memory', 'write sqlite::memory: for a database in memory, or sqlite:./memory'],
    ['sqlite://memory', 'write sqlite::memory:'],
    // Relative in SQLAlchemy, and so in ADK for Python.
    ['sqlite:///./x.db', 'would be /./x.db, a file at the root: write sqlite:./x.db'],
    ['sqlite:///../x.db', 'write sqlite:../x.db for one in the current folder'],
    ['sqlite:///x.db', 'write sqlite:x.db for one in the current folder'],
    ['sqlite:///x.db', 'or sqlite:/x.db if the root is meant'],
    ['sqlite://///x.db', 'has 5 slashes before its path: write sqlite:/x.db'],
    [
      'sqlite+aiosqlite:///x.db',
      'as in SQLAlchemy, and must begin with sqlite:, such as sqlite:x.db',
    ],
    ['sqlite+aiosqlite:////a/x.db', 'such as sqlite:/a/x.db'],
    ['sqlite+pysqlite:///:memory:', 'such as sqlite::memory:'],
    ['sqlite3:x.db', 'begins with sqlite3:, and must begin with sqlite:'],
    ['jdbc:sqlite:x.db', 'as in Java, and must begin with sqlite:, such as sqlite:x.db'],
    ['file:x.db', 'begins with file:, and must begin with sqlite:, such as sqlite:x.db'],
    ['file:///a/x.db', 'such as sqlite:/a/x.db'],
    ['file:x.db?mode=ro&cache=shared', 'such as sqlite:x.db'],
    ['sqlite:file:x.db', 'begins with file:'],
    ['postgres://localhost/chat', 'begins with postgres:, and must begin with sqlite:'],
    ['sqlite://localhost/x.db', 'has localhost where a server would stand'],
    ['sqlite://ada:secret@host/x.db', 'has host where a server would stand'],
    ['sqlite://host:5432/x.db', 'has host:5432 where a server would stand'],
    // libsql would call a server.
    ['libsql://chat.turso.io', 'begins with libsql:, and would be a server'],
    ['http://localhost:8080', 'begins with http:, and would be a server'],
    ['sqlite:http://localhost:8080', 'begins with http:, and would be a server'],
    ['sqlite:libsql://localhost', 'begins with libsql:, and would be a server'],
    ['sqlite:x.db?mode=ro', 'has a ?, and must have none'],
    ['sqlite::memory:?cache=shared', 'has a ?, and must have none'],
    ['sqlite:a%20b.db', 'has %20, and nothing is decoded'],
    ['sqlite:~/x.db', 'begins with ~, which only a shell knows'],
    ['sqlite:///~/x.db', 'begins with ~'],
    ['sqlite:chat.db ', 'white space at the beginning or at the end'],
    ['sqlite: chat.db', 'white space at the beginning or at the end'],
    ['sqlite:chat.db\r', 'has control characters'],
    ['sqlite:chat\0.db', 'has control characters'],
    ['sqlite:data\\chat.db', 'is a path of Windows, and this is not Windows'],
  ])('is refused with what it was taken for: %j', (url, problem) => {
    let error: unknown;
    try {
      parseSqliteUrl(url, 'linux');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'invalid_argument', path: 'url' });
    expect((error as Error).message).toContain(problem);
    expect((error as Error).message).not.toContain('secret');
  });

  it.each([undefined, null, 42, new URL('sqlite:chat.db')])('must be a string: %s', (url) => {
    expect(() => parseSqliteUrl(url)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', path: 'url' }),
    );
  });

  it.each(drivers)('is a file of exactly that name, by %s', async (driver) => {
    const inside = join(folder, driver.replace(':', '-'));
    mkdirSync(inside);
    for (const name of ['a b.db', 'c#1.db', '100%.db', 'ü&=+;.db', "it's.db", 'ends.', 'file']) {
      const file = join(inside, name);
      const service = await SqliteSessionService.open({ url: `sqlite:${file}`, driver });
      expect(existsSync(file)).toBe(true);
      await service.close();
    }
    const others = readdirSync(inside).filter((name) => !/-wal$|-shm$/.test(name));
    expect(others).toHaveLength(7);
  });
});

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { checkParameters, withoutParameters } from '@holdfast/sql';
import { describe, expect, it } from 'vitest';
import { mysql2Parameters } from './mysql2-parameters.ts';

function problemOf(query: string): string | undefined {
  const url = `mysql://host/db?${query}`;
  try {
    checkParameters(url, mysql2Parameters(new URL(url)));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('An option of the installed mysql2', () => {
  const folder = dirname(createRequire(import.meta.url).resolve('mysql2'));
  const source = readFileSync(join(folder, 'lib/connection_config.js'), 'utf8');
  const [, list = ''] = /validOptions = \{(.*?)\}/s.exec(source) ?? [];
  const names = Array.from(list.matchAll(/^\s*(\w+): 1,/gm), ([, name = '']) => name);

  it('is one of many', () => expect(names).toContain('socketPath'));

  for (const name of names) {
    it(`is known in a URL: ${name}`, () => {
      const problem = problemOf(`${name}=7`);
      expect(problem ?? '').not.toContain('it reads');
    });
  }
});

describe('A URL that asks for TLS in the words of others', () => {
  it('may do so beside ssl, which mysql2 reads', () => {
    const ssl = 'ssl={"rejectUnauthorized":true}';
    for (const other of ['sslaccept=strict', 'ssl-mode=REQUIRED', 'sslmode=require']) {
      expect(problemOf(other)).toContain(ssl);
      expect(problemOf(`${other}&${ssl}`)).toBeUndefined();
      expect(problemOf(`ssl=false&${other}`)).toContain(ssl);
    }
  });

  it('comes to mysql2 without them, and with all else as it was written', () => {
    const url = 'mysql://u:p%40@host/db?ssl={"a":"b c"}&ssl%2Dmode=REQUIRED&flags=-X&sslmode=';
    const { harmless } = mysql2Parameters(new URL(url));
    expect(withoutParameters(url, harmless)).toBe(
      'mysql://u:p%40@host/db?ssl={"a":"b c"}&flags=-X',
    );
    expect(withoutParameters('mysql://host/db', harmless)).toBe('mysql://host/db');
  });
});

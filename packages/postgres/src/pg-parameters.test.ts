import { checkParameters } from '@holdfast/sql';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { pgParameters } from './pg-parameters.ts';

/** What `pg` would connect with, the password included. */
function settingsOf(query: string): Record<string, unknown> {
  const client = new pg.Client(`postgres://host/db?${query}`);
  const { connectionParameters } = client as unknown as { connectionParameters: object };
  const names = Object.getOwnPropertyNames(connectionParameters);
  return Object.fromEntries(names.map((name) => [name, Reflect.get(connectionParameters, name)]));
}

/** A value of each that is not what it is without one. */
const values: Readonly<Record<string, string>> = { sslnegotiation: 'direct', ssl: 'no-verify' };

const target = { host: 'host', database: 'db', sslNegotiation: 'postgres' };

function check(query: string): void {
  const url = `postgres://host/db?${query}`;
  checkParameters(url, pgParameters(url, target));
}

describe('A parameter that the installed pg reads', () => {
  const settings = settingsOf('');
  const read = Object.keys(settings).filter((name) => {
    const query = `${name}=${values[name] ?? '7'}`;
    return JSON.stringify(settingsOf(query)[name]) !== JSON.stringify(settings[name]);
  });

  it('is one of many', () => {
    expect(read).toContain('application_name');
    expect(read).toContain('sslnegotiation');
  });

  // It is kept, and used for nothing.
  for (const name of read.filter((each) => each !== 'binary')) {
    it(`can be in a URL: ${name}`, () => {
      expect(() => check(`${name}=${values[name] ?? '7'}`)).not.toThrow();
    });
  }
});

it('sslnegotiation cannot be in a URL if pg is older than it', () => {
  const url = 'postgres://host/db?sslnegotiation=direct';
  const parameters = pgParameters(url, { host: 'host', database: 'db' });
  expect(() => checkParameters(url, parameters)).toThrow('sslnegotiation, which pg passes over');
});

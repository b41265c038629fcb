import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

describe('parseCommandLine', () => {
  it('measures everything in five rounds, with peers, where nothing is said', () => {
    expect(parseCommandLine([])).toMatchObject({ sections: undefined, rounds: 5, peers: true });
  });

  it('leaves peers out of the short form, unless they are asked for', () => {
    expect(parseCommandLine(['--short'])).toMatchObject({ rounds: 1, peers: false });
    expect(parseCommandLine(['--short', '--peers'])).toMatchObject({ peers: true });
    expect(parseCommandLine(['--no-peers'])).toMatchObject({ peers: false });
  });

  it('takes sections, and refuses what is none', () => {
    expect(parseCommandLine(['append', 'list'])).toMatchObject({ sections: ['append', 'list'] });
    expect(() => parseCommandLine(['apend'])).toThrow('apend');
  });

  it('refuses rounds that are none', () => {
    for (const rounds of ['0', '1.5', 'many']) {
      expect(() => parseCommandLine(['--rounds', rounds])).toThrow('--rounds');
    }
  });
});

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

  it('takes what is to be compared, in four rounds', () => {
    const args = ['--against', 'packs', '--only', 'memory,redis', '--calls', 'get,list-page'];
    expect(parseCommandLine(args).against).toMatchObject({
      ...{ against: 'packs', now: undefined, rounds: 4, pairs: undefined },
      ...{ only: ['memory', 'redis'], calls: ['get', 'list-page'] },
    });
    expect(parseCommandLine([]).against).toBeUndefined();
  });

  it('refuses to compare what there is not', () => {
    const refused = [
      ['--only', 'map'],
      ['--calls', 'gets'],
      ['--pairs', '0'],
    ];
    for (const [option = '', value = ''] of refused) {
      expect(() => parseCommandLine(['--against', 'packs', option, value])).toThrow(
        option === '--pairs' ? option : value,
      );
    }
  });

  it('refuses options that say nothing', () => {
    expect(() => parseCommandLine(['--calls', 'get'])).toThrow('--calls needs --against');
    expect(() => parseCommandLine(['append', '--against', 'packs'])).toThrow('append');
  });
});

import { describe, expect, it } from 'vitest';
import { sectionWith } from './figures.fixture.ts';
import { Figures } from './figures.ts';
import { judgeGoals } from './goals.ts';
import { judgePeers } from './peer-comparison.ts';

function goal(figures: Figures, question: string, words: string) {
  return judgeGoals(figures).find(
    (each) => each.question === question && each.goal.includes(words),
  );
}

describe('judgeGoals', () => {
  it('says of what was not measured that it is not known', () => {
    for (const { measured } of judgeGoals(new Figures({}))) expect(measured).toBeUndefined();
  });

  it('takes ratios round by round, and misses a goal where one column does', () => {
    const figures = new Figures({
      append: sectionWith({
        'bare-sqlite': { 100: [10, 100, 20], 1000: [10, 10, 10] },
        sqlite: { 100: [12, 120, 24], 1000: [12, 14, 13] },
      }),
    });
    const found = goal(figures, 'Append to SQLite', '1.3');
    expect(found).toMatchObject({ measured: '1.20 to 1.30 times', reached: true });
    const slower = new Figures({
      append: sectionWith({
        'bare-sqlite': { 100: [10], 1000: [10] },
        sqlite: { 100: [12], 1000: [14] },
      }),
    });
    expect(goal(slower, 'Append to SQLite', '1.3')).toMatchObject({ reached: false });
  });

  it('asks a rate to be high enough', () => {
    const figures = new Figures({
      writers: sectionWith({
        'bare-postgres': { '16 sessions': [1000], 'one session': [1000] },
        postgres: { '16 sessions': [950], 'one session': [100] },
      }),
    });
    const found = goal(figures, 'PostgreSQL, 16 writers to 16 sessions', '0.9');
    expect(found).toMatchObject({ measured: '0.95 times', reached: true });
  });

  it('compares the largest size with the smallest', () => {
    const figures = new Figures({
      recent: sectionWith({ memory: { 100: [1], 1000: [1.2] }, redis: { 100: [3], 1000: [6] } }),
    });
    expect(goal(figures, 'Last 20 events, every store', 'flat')).toMatchObject({
      measured: 'memory 1.20, redis 2.00',
      reached: false,
    });
  });
});

describe('judgePeers', () => {
  it('names the figures in which a peer of the same work is quicker', () => {
    const figures = new Figures({
      append: sectionWith({
        sqlite: { 100: [10], 1000: [10] },
        'iqai-adk-sqlite': { 100: [20], 1000: [5] },
        'emmett-sqlite': { 100: [1] },
      }),
    });
    expect(judgePeers(figures)).toMatchObject({
      measured: '1 of 2 figures; not against @iqai/adk (SQLite, synchronous=NORMAL), append',
      reached: false,
    });
  });
});

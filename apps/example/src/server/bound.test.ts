import { expect, test } from 'vitest';
import { Bound } from './bound.ts';

test('a user may have so many, and all together so many', () => {
  const bound = new Bound({ what: 'things', perUser: 2, inAll: 3 });
  const leave = bound.enter('ada');
  bound.enter('ada');
  expect(() => bound.enter('ada')).toThrow(expect.objectContaining({ status: 429 }));
  bound.enter('eve');
  expect(() => bound.enter('grace')).toThrow(expect.objectContaining({ status: 503 }));
  leave();
  bound.enter('grace');
  expect(() => bound.enter('ada')).toThrow(expect.objectContaining({ status: 503 }));
});

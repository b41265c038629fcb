import { keep, readKept } from './kept.ts';

const KEY = 'holdfast-users';
const MOST = 6;

/** The users that the menu offers: two to begin with, and those who were here last. */
export function knownUsers(): readonly string[] {
  const { users } = readKept(KEY);
  const recent = Array.isArray(users) ? users.filter((user) => typeof user === 'string') : [];
  return [...new Set(['ada', 'grace', ...recent])];
}

export function rememberUser(userId: string): void {
  const others = knownUsers().filter((user) => user !== userId);
  keep(KEY, { users: [userId, ...others].slice(0, MOST) });
}

import type { SessionKey } from '@holdfast/core';
import type { SessionService } from '@holdfast/session';
import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import type { TurnHub } from './turn-hub.ts';
import { USER_COOKIE, type UserCookie } from './user-cookie.ts';

/** What the routes work with. */
export interface AppContext {
  readonly service: SessionService;
  readonly hub: TurnHub;
  readonly cookie: UserCookie;
  readonly appName: string;
  /** Where the conversations are kept, as a person may read it. */
  readonly storeDescription: string;
  readonly modelName: string;
}

/** Who the user is where no cookie says it. */
const FIRST_USER = 'ada';

/** The user that the cookie names. Only a user who is switched has one. */
export function userOf(c: Context, { cookie }: AppContext): string {
  return cookie.read(getCookie(c, USER_COOKIE)) ?? FIRST_USER;
}

/**
 * The conversation of a URL. It is always one of the user's own: with another user's id there
 * is none. The id is checked where it is used.
 */
export function sessionKeyOf(c: Context, app: AppContext): SessionKey {
  return {
    appName: app.appName,
    userId: userOf(c, app),
    sessionId: c.req.param('id') ?? '',
  };
}

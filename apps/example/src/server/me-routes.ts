import { checkIdentifier } from '@holdfast/core/internal';
import { Hono } from 'hono';
import { setCookie } from 'hono/cookie';
import type { Me } from '../api/wire.ts';
import { type AppContext, userOf } from './app-context.ts';
import { readJsonBody } from './read-request.ts';
import { USER_COOKIE } from './user-cookie.ts';

const ONE_YEAR = 365 * 24 * 60 * 60;

/** Who the user is. There is no password: this shows scopes, not how to sign in. */
export function meRoutes(app: AppContext): Hono {
  return new Hono()
    .get('/', (c) => c.json(meOf(userOf(c, app))))
    .put('/', async (c) => {
      const { userId } = await readJsonBody(c);
      const checked = checkIdentifier(userId, 'userId');
      const options = { path: '/', httpOnly: true, sameSite: 'Strict', maxAge: ONE_YEAR } as const;
      setCookie(c, USER_COOKIE, app.cookie.sign(checked), options);
      return c.json(meOf(checked));
    });

  function meOf(userId: string): Me {
    const { appName, storeDescription, modelName, service } = app;
    const store = {
      description: storeDescription,
      persistent: service.capabilities.persistent,
    };
    return { userId, appName, store, model: modelName };
  }
}

import { checkIdentifier } from '@holdfast/core/internal';
import { type Context, Hono } from 'hono';
import { setCookie } from 'hono/cookie';
import type { Me } from '../api/wire.ts';
import { type AppContext, FIRST_USER, signedUser } from './app-context.ts';
import { readJsonBody } from './read-request.ts';
import { USER_COOKIE } from './user-cookie.ts';

const ONE_YEAR = 365 * 24 * 60 * 60;

/** Who the user is. There is no password: this shows scopes, not how to sign in. */
export function meRoutes(app: AppContext): Hono {
  return new Hono()
    .get('/', (c) => {
      const known = signedUser(c, app);
      if (known === undefined) keep(c, FIRST_USER);
      return c.json(meOf(known ?? FIRST_USER));
    })
    .put('/', async (c) => {
      const { userId } = await readJsonBody(c);
      const checked = checkIdentifier(userId, 'userId');
      keep(c, checked);
      return c.json(meOf(checked));
    });

  function keep(c: Context, userId: string): void {
    const options = { path: '/', httpOnly: true, sameSite: 'Strict', maxAge: ONE_YEAR } as const;
    setCookie(c, USER_COOKIE, app.cookie.sign(userId), options);
  }

  function meOf(userId: string): Me {
    const { appName, storeDescription, modelName, service } = app;
    const store = {
      description: storeDescription,
      persistent: service.capabilities.persistent,
    };
    return { userId, appName, store, model: modelName };
  }
}

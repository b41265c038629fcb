import { Hono } from 'hono';
import type { AppContext } from './app-context.ts';
import { guardOrigin, guardSite, limitBody, secureHeaders } from './guard.ts';
import { dropSilentReaders, limitRequests } from './limit-requests.ts';
import { meRoutes } from './me-routes.ts';
import { noSuchRoute, servePage } from './page.ts';
import { TooManyRequests } from './refusal.ts';
import { sessionRoutes, stateRoutes } from './session-routes.ts';
import { socketRoute } from './socket-route.ts';
import { turnRoutes } from './turn-routes.ts';
import { toErrorAnswer } from './wire-error.ts';

export interface AppOptions extends AppContext {
  /** The built page. */
  readonly pageFolder: string;
  /** The host that is listened on, where it is none of loopback. */
  readonly host?: string | undefined;
  /** How long a reader may take nothing of an answer, in ms. @default PATIENCE */
  readonly patience?: number | undefined;
}

/** The whole server but its port: the API, and the page. */
export function createApp({ pageFolder, host, patience, ...context }: AppOptions): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    const { status, body } = toErrorAnswer(error);
    if (error instanceof TooManyRequests) {
      c.header('Retry-After', '1');
      c.header('Connection', 'close');
    }
    return c.json(body, status);
  });
  app.notFound((c) => {
    const { status, body } = toErrorAnswer(noSuchRoute(c.req.path));
    return c.json(body, status);
  });
  app.use(dropSilentReaders(patience), secureHeaders, guardOrigin({ host }));
  app.use('/api/*', guardSite, limitRequests(context), limitBody, async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  app.route('/api/me', meRoutes(context));
  app.route('/api/state', stateRoutes(context));
  app.route('/api/sessions', sessionRoutes(context));
  app.route('/api/sessions', turnRoutes(context));
  app.route('/api/sessions', socketRoute(context));
  app.all('/api/*', (c) => {
    throw noSuchRoute(c.req.path);
  });
  app.get('/*', servePage(pageFolder));
  return app;
}

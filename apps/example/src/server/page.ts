import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Context, MiddlewareHandler } from 'hono';

const NOT_BUILT = `The page is not built. In the folder of the example:

  npm run build

\`npm start\` does it by itself.
`;

/** Serves the built page from a folder, which may appear later. */
export function servePage(folder: string): MiddlewareHandler {
  let serve: MiddlewareHandler | undefined;
  return async (c, next) => {
    if (!existsSync(join(folder, 'index.html'))) {
      return c.req.path === '/' ? c.text(NOT_BUILT, 503) : next();
    }
    serve ??= serveStatic({ root: folder, onFound: keepFor });
    return serve(c, next);
  };
}

/** How long a browser may keep a file. The build names its assets after their content. */
function keepFor(_: string, c: Context): void {
  const isAsset = c.req.path.startsWith('/assets/');
  c.header('Cache-Control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache');
}

/** There is no such route. */
export function noSuchRoute(path: string): HoldfastError {
  return new HoldfastError('not_found', { message: `there is nothing at ${path}` });
}

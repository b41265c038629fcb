/** What is used of a request and its answer in Express. */
interface Request {
  on(event: string, listener: (...args: unknown[]) => unknown): unknown;
}
interface Response {
  readonly headersSent: boolean;
  status(code: number): { json(body: object): unknown };
  end(): unknown;
}
type Handler = (request: Request, response: Response, next: unknown) => unknown;

/**
 * Makes an `AdkApiServer` answer 500 if one of its handlers rejects. Without it, the process ends,
 * with exit code 0: `/run` and `/run_sse` ask for the session outside of their `try`, so that one
 * request is enough while the store cannot be reached, whichever session service there is. Call it
 * before `server.start()`.
 *
 * @example
 * const server = new AdkApiServer({ agentsDir, sessionService });
 * guardApiServer(server);
 * await server.start();
 */
export function guardApiServer(server: { readonly app: object }): void {
  const app = server.app as Record<string, (...args: unknown[]) => unknown>;
  for (const method of ['get', 'post', 'put', 'delete']) {
    const register = app[method]?.bind(app);
    if (register === undefined) continue;
    app[method] = (...args) =>
      register(
        ...args.map((each) => (typeof each === 'function' ? guarded(each as Handler) : each)),
      );
  }
}

function guarded(handler: Handler): Handler {
  return (request, response, next) => {
    const answer = (error: unknown) => {
      if (response.headersSent) response.end();
      else response.status(500).json({ error: `Failed to answer: ${error}` });
    };
    // One of ADK's handlers goes on in a listener of its request.
    const on = request.on.bind(request);
    request.on = (event, listener) =>
      on(event, event === 'end' ? (...args) => attempt(() => listener(...args), answer) : listener);
    return attempt(() => handler(request, response, next), answer);
  };
}

async function attempt(run: () => unknown, answer: (error: unknown) => void): Promise<void> {
  try {
    await run();
  } catch (error) {
    answer(error);
  }
}

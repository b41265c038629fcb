import { fileURLToPath } from 'node:url';
import { isHoldfastError } from '@holdfast/core';
import { createExampleAgent } from './agent/example-agent.ts';
import { openModel } from './agent/open-model.ts';
import { shorten } from './agent/shorten.ts';
import { findCookieSecret } from './server/cookie-secret.ts';
import { createApp } from './server/create-app.ts';
import { fairService } from './server/fair-service.ts';
import { type Listening, listen } from './server/listen.ts';
import { stopWithParent } from './server/stop-with-parent.ts';
import { TurnHub } from './server/turn-hub.ts';
import { UserCookie } from './server/user-cookie.ts';
import { readSettings } from './settings.ts';
import { openSessionService } from './store/open-session-service.ts';
import { createSteadyClock } from './store/steady-clock.ts';
import { describeStoreUrl, isInMemory, sqliteFileOf } from './store/store-url.ts';

const appName = 'holdfast-example';
const pageFolder = fileURLToPath(new URL('../dist/page', import.meta.url));

/** How long a stop may take, in ms. Whatever hangs then is left behind. */
const STOP_DEADLINE = 10_000;

const settings = await orExit('The settings are wrong', () => readSettings(process.env));
const { storeUrl, host } = settings;
const place = describeStoreUrl(storeUrl, settings.folder);
const model = await orExit('Cannot open the model', () => openModel(settings));
const store = await orExit(`Cannot open the store${place === undefined ? '' : ` ${place}`}`, () =>
  openSessionService(storeUrl, { now: createSteadyClock() }),
);
const service = fairService(store);
const hub = new TurnHub({ service, agent: createExampleAgent({ service, model }) });
const server = await orExit('Cannot listen', startServer);
stopInOrder(server);
console.log(`Holdfast example: ${server.url}\n${describeMemory()}`);

async function startServer(): Promise<Listening> {
  const file = sqliteFileOf(storeUrl);
  const secret = await findCookieSecret({
    given: settings.cookieSecret,
    file: file && `${file}.cookie-secret`,
  });
  const app = createApp({
    service,
    hub,
    cookie: new UserCookie(secret),
    appName,
    storeDescription: place ?? (isInMemory(storeUrl) ? 'memory' : 'a store'),
    modelName: model.name,
    pageFolder,
    host,
  });
  return listen({ app, ...settings });
}

function describeMemory(): string {
  return isInMemory(storeUrl)
    ? 'The conversations are kept in memory, until it ends.'
    : `The conversations are kept in ${place ?? 'the store'}.`;
}

/**
 * The first signal ends it in order, and so does the end of who has started it: nothing is left
 * to do then, and the process ends by itself. The handlers are gone, so that a second signal ends
 * it at once.
 */
function stopInOrder({ stop, close }: Listening): void {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const end = async () => {
    forget();
    for (const name of names) process.removeListener(name, end);
    setTimeout(() => process.exit(1), STOP_DEADLINE).unref();
    stop();
    await hub.close();
    await close();
    await service.close();
  };
  const forget = stopWithParent(end);
  for (const name of names) process.once(name, end);
}

/** What `attempt` gives; where it fails, one line says why, and the program ends. */
async function orExit<Result>(
  what: string,
  attempt: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    // What nobody expects is shown in full.
    if (!isHoldfastError(error) && code === undefined) throw error;
    console.error(shorten(`${what}: ${message}`, 1_000));
    process.exit(1);
  }
}

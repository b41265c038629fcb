import { type ApiRequest, appName } from './api-server.fixture.ts';

const oddTexts = [
  '',
  ' ',
  ' s ',
  's\n',
  'a\u0000b',
  '\ud800',
  '__proto__',
  'toString',
  '../../etc',
  'x'.repeat(300),
  'é'.repeat(200),
];
const oddValues: readonly unknown[] = [undefined, null, 0, 5, -1.5, true, [], {}, ['s']];

const message = { role: 'user', parts: [{ text: 'hello' }] };
const oddMessages = [
  ...[undefined, null, 5, 'hello', [], {}, { role: 'user' }, { parts: null }, { parts: 'x' }],
  { parts: [null] },
  { role: 5, parts: [{ text: 5 }] },
  { role: 'user', parts: [{ functionResponse: { id: 'none', name: 'none' } }] },
  { role: 'user', parts: [{ functionCall: { name: 'adk_request_confirmation', args: {} } }] },
];
const oddStates = [
  5,
  'x',
  [],
  [1],
  { '': 1 },
  { 'user:': 1 },
  { ' a ': 1 },
  { ['k'.repeat(300)]: 1 },
];

const runs = ['/run', '/run_sse'].flatMap((path): ApiRequest[] => {
  const good = { appName, userId: 'ada', sessionId: 's', newMessage: message };
  const odd = ['appName', 'userId', 'sessionId'].flatMap((field) =>
    [...oddTexts, ...oddValues].map((value) => ({ ...good, [field]: value })),
  );
  const bodies: unknown[] = [
    ...odd,
    {},
    [],
    ...oddMessages.map((newMessage) => ({ ...good, newMessage })),
    ...oddStates.map((stateDelta) => ({ ...good, stateDelta })),
    { ...good, appName: 'unknown' },
    { ...good, sessionId: 'unknown' },
    { ...good, streaming: 'maybe', extra: 1 },
  ];
  return [...bodies.map((body) => ({ path, body })), ...rawBodies(path)];
});

/** What no parser of JSON takes, or what is not declared as JSON. */
function rawBodies(path: string): ApiRequest[] {
  const texts = ['{', 'null', '5', '"x"', '{"appName":', '\u0000', '{"a":1}x', '['.repeat(5000)];
  const types = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'nonsense'];
  return [
    { path, method: 'POST' },
    ...types.flatMap((type) => texts.map((body) => ({ path, body, type }))),
  ];
}

const engine = [
  ...[{}, { input: 5 }, { input: {} }, { appName }, { input: { appName: 5, sessionId: [] } }],
  ...[...oddTexts, ...oddValues].map((sessionId) => ({
    input: { appName, userId: 'ada', sessionId, newMessage: message },
  })),
].map((body): ApiRequest => ({ path: '/api/reasoning_engine', body }));

const inPaths = [
  ...oddTexts.filter((text) => text !== '' && text !== '\ud800').map(encodeURIComponent),
  '%',
  '%ff',
  '%ED%A0%80',
  '%00',
  'unknown',
];
const places = inPaths.flatMap((odd) => [
  `/apps/${odd}/users/ada/sessions`,
  `/apps/${appName}/users/${odd}/sessions`,
  `/apps/${odd}/users/ada/sessions/s`,
  `/apps/${appName}/users/${odd}/sessions/s`,
  `/apps/${appName}/users/ada/sessions/${odd}`,
]);
const sessions = places.flatMap((path): ApiRequest[] => [
  { path },
  { path, method: 'DELETE' },
  { path, body: {} },
  { path: `${path}/events/e/graph` },
  { path: `${path}/artifacts` },
  { path: `${path}/artifacts/a/versions/x` },
]);
const creations = [
  `/apps/${appName}/users/ada/sessions`,
  `/apps/${appName}/users/ada/sessions/s`,
].flatMap((path) => [
  ...[...oddStates, { __proto__: null, a: null }].map(
    (state): ApiRequest => ({
      path,
      body: { state },
    }),
  ),
  ...rawBodies(path),
  ...['PUT', 'PATCH', 'OPTIONS', 'HEAD'].map((method) => ({ path, method })),
]);
const others = ['/run', '/run_sse', '/api/reasoning_engine', '/list-apps', '/nowhere', '//', '/%'];

/** ADK takes a property of that null, in a listener. */
function isFaultOfAdk({ path, body }: ApiRequest): boolean {
  return path === '/api/reasoning_engine' && body === 'null';
}

/** One of each kind, on each route of ADK's API server that asks the session service. */
export const malformedRequests: readonly ApiRequest[] = [
  ...runs,
  ...engine,
  ...rawBodies('/api/reasoning_engine'),
  ...sessions,
  ...creations,
  ...others.flatMap((path) =>
    ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'].map((method) => ({ path, method })),
  ),
].filter((request: ApiRequest) => !isFaultOfAdk(request));

/** At these, ADK's handlers fail by themselves: the server ends, whichever store it has. */
export const faultsOfAdk: readonly ApiRequest[] = [
  { path: '/run', body: { appName, userId: 'ada', sessionId: { toString: 1 } } },
  { path: '/run_sse', body: { appName, userId: 'ada', sessionId: { toString: 1 } } },
  { path: '/api/reasoning_engine', body: 'null', type: 'text/plain' },
];

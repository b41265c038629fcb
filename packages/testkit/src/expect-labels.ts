import assert from 'node:assert/strict';
import type { SessionKey } from '@holdfast/core';
import type { Labels, SessionService, SessionSummary } from '@holdfast/session';
import { read } from './scenario.ts';

/** The session as a list has it. */
export async function listed(service: SessionService, key: SessionKey): Promise<SessionSummary> {
  const { appName, userId, sessionId } = key;
  const { sessions } = await service.list({ appName, userId, limit: 1000 });
  const summary = sessions.find(({ id }) => id === sessionId);
  assert.ok(summary !== undefined, 'the session must be listed');
  return summary;
}

/** Fails unless every reader sees these labels, and no others. */
export async function expectLabels(service: SessionService, key: SessionKey, labels: Labels) {
  const session = await read(service, key);
  assert.deepEqual(Object.entries(session.labels).sort(), Object.entries(labels).sort());
  assert.deepEqual(session.toJSON().labels, session.labels);
  assert.deepEqual((await listed(service, key)).labels, session.labels);
}

// A program that has installed @holdfast/history alone, and gets its service from elsewhere.

import {
  activeEvents,
  appendSummary,
  type CompactRequest,
  type Content,
  compact,
  type Event,
  estimateTokens,
  type History,
  isHoldfastError,
  repairHistory,
  type Session,
  type SessionService,
  selectWindow,
  toContents,
} from '@holdfast/history';

const key = { appName: 'shop', userId: 'ada', sessionId: '1' };

export declare const service: SessionService;
export declare const session: Session;
export declare const json: { readonly events: readonly Event[] };
const summarize: CompactRequest['summarize'] = (events) => ({
  parts: [{ text: `${events.length}` }],
});

export const histories: readonly History[] = [session, session.events, json];
export const active = activeEvents(session);
export const window = selectWindow(session, { maxTokens: 100, countTokens: estimateTokens });
export const open = window.openCalls.map(({ call, waitsFor }) => [call.name, waitsFor]);
export const repaired = repairHistory(window.events, { missingResponse: 'omit' });
export const contents = toContents(session, { maxBytes: 1_000, branch: 'root' });
contents.push({ role: 'user', parts: [{ text: 'And now?' }] });
for (const content of contents) content.parts = [];
export const asked: readonly Content[] = contents;
export const summed = () =>
  appendSummary(service, { ...key, throughSeq: 2, content: { parts: [] } });
export const compacted = async () => {
  const result = await compact(service, { ...key, summarize, when: { events: 20 } });
  return result.type === 'compacted' ? result.event.actions.compaction : result.reason;
};
export const code = (thrown: unknown) => (isHoldfastError(thrown) ? thrown.code : undefined);

import type { SessionKey } from '@holdfast/core';
import { corrupt } from './parse-stored.ts';

export interface SessionTimes {
  /** Epoch ms. */
  readonly createTime: number;
  /** Epoch ms. */
  readonly lastUpdateTime: number;
  readonly revision: number;
}

/**
 * What is kept of each session beside its events: its creation and its last update, of 16 digits
 * each, then a `t` where an index by time goes with it and otherwise a hyphen, and the revision.
 * Before the first event there is, behind a colon, what has created it.
 *
 * `0001795473093952:0001795473099001:-12`. Scripts read it by place: to match a pattern takes as
 * long as a write.
 */
export function parseMeta(meta: unknown, key: SessionKey): SessionTimes {
  const fields = /^(\d{16}):(\d{16}):[-t](\d+)/.exec(String(meta));
  if (fields === null) throw corrupt('the session', { key });
  const [, createTime, lastUpdateTime, revision] = fields.map(Number);
  return { createTime, lastUpdateTime, revision } as SessionTimes;
}

/** A time as a meta has it. */
export function formatTime(time: number): string {
  return String(time).padStart(16, '0');
}

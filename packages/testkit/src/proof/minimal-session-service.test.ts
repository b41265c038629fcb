import type { SessionCapabilities, SessionService } from '@holdfast/session';
import { describe, expect, it } from 'vitest';
import { formatReport } from '../conformance-report.ts';
import { runConformance } from '../run-conformance.ts';
import { MinimalSessionService } from './minimal-session-service.ts';
import { MinimalStorage } from './minimal-storage.ts';

/** The minimal service with other capabilities: its storage outlives it. */
class LastingSessionService extends MinimalSessionService {
  override readonly capabilities: SessionCapabilities = Object.freeze({
    persistent: true,
    shared: true,
    evicts: false,
    atomicAppState: false,
    listAllUsers: false,
  });

  reopen(): LastingSessionService {
    return new LastingSessionService(this.storage);
  }
}

function reopen(service: SessionService): SessionService {
  if (service instanceof LastingSessionService) return service.reopen();
  throw new Error('not a service of this test');
}

describe('the minimal service', () => {
  it('passes the whole kit, apart from what its capabilities deny', async () => {
    const create = () => new MinimalSessionService();
    const report = await runConformance({ name: 'minimal', create, seed: 1 });
    expect(formatReport(report).split('\n')).toEqual([
      expect.stringMatching(/^minimal: ok, \d+ passed, 0 failed, 4 skipped$/),
      expect.stringContaining('(the service has not the capability persistent)'),
      expect.stringContaining('(the service has not the capability persistent)'),
      expect.stringContaining('(the service has not the capability shared)'),
      expect.stringContaining('(the service has not the capability shared)'),
    ]);
    expect(report.capabilities).toEqual(create().capabilities);
    const titles = report.results.map(({ concern, title }) => `${concern}: ${title}`);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('passes the cases of a lasting, shared storage, and skips what that one denies', async () => {
    const storage = new MinimalStorage();
    const create = () => new LastingSessionService(storage);
    const report = await runConformance({ name: 'lasting', create, reopen, seed: 1 });
    expect(report.results.filter(({ status }) => status === 'failed')).toEqual([]);
    const reasons = report.results.flatMap(({ reason }) => reason ?? []);
    expect(new Set(reasons)).toEqual(
      new Set([
        'the service has not the capability listAllUsers',
        'the service has not the capability atomicAppState',
      ]),
    );
  });

  it('fails where it is lasting or shared and the kit is not told how to open it again', async () => {
    const create = () => new LastingSessionService();
    const report = await runConformance({ name: 'lasting', create, propertyRuns: 1 });
    const failed = report.results.filter(({ status }) => status === 'failed');
    expect(failed).toHaveLength(4);
    for (const { error } of failed) expect(String(error)).toContain('needs the option reopen');
  });
});

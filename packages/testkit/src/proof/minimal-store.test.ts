import type { SessionService } from '@holdfast/session';
import { StoredSessionService } from '@holdfast/session/store';
import { describe, expect, it } from 'vitest';
import { formatReport } from '../conformance-report.ts';
import { runConformance } from '../run-conformance.ts';
import { MinimalStore } from './minimal-store.ts';

/** The minimal store with other capabilities: it outlives its services. */
class LastingStore extends MinimalStore {
  override readonly capabilities = {
    persistent: true,
    shared: true,
    evicts: false,
    atomicAppState: false,
    listAllUsers: false,
  };
}

class LastingSessionService extends StoredSessionService {
  readonly #store: LastingStore;

  constructor(store = new LastingStore()) {
    super(store);
    this.#store = store;
  }

  reopen(): LastingSessionService {
    return new LastingSessionService(this.#store);
  }
}

function reopen(service: SessionService): SessionService {
  if (service instanceof LastingSessionService) return service.reopen();
  throw new Error('not a service of this test');
}

describe('the minimal store', () => {
  it('passes the whole kit, apart from what its capabilities deny', async () => {
    const create = () => new StoredSessionService(new MinimalStore());
    const report = await runConformance({ name: 'minimal', create, seed: 1 });
    expect(formatReport(report).split('\n')).toEqual([
      expect.stringMatching(/^minimal: ok, \d+ passed, 0 failed, 4 skipped$/),
      expect.stringContaining('(the service does not have the capability persistent)'),
      expect.stringContaining('(the service does not have the capability persistent)'),
      expect.stringContaining('(the service does not have the capability shared)'),
      expect.stringContaining('(the service does not have the capability shared)'),
    ]);
    expect(report.capabilities).toEqual(create().capabilities);
    const titles = report.results.map(({ concern, title }) => `${concern}: ${title}`);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('passes the cases of a lasting, shared storage, and skips what that one denies', async () => {
    const store = new LastingStore();
    const create = () => new LastingSessionService(store);
    const report = await runConformance({ name: 'lasting', create, reopen, seed: 1 });
    expect(report.results.filter(({ status }) => status === 'failed')).toEqual([]);
    const reasons = report.results.flatMap(({ reason }) => reason ?? []);
    expect(new Set(reasons)).toEqual(
      new Set([
        'the service does not have the capability listAllUsers',
        'the service does not have the capability atomicAppState',
      ]),
    );
  });

  it('fails if it is lasting or shared and the kit is not told how to open it again', async () => {
    const create = () => new LastingSessionService();
    const report = await runConformance({ name: 'lasting', create, propertyRuns: 1 });
    const failed = report.results.filter(({ status }) => status === 'failed');
    expect(failed).toHaveLength(4);
    for (const { error } of failed) expect(String(error)).toContain('needs the option reopen');
  });
});

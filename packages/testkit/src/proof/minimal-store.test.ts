import type { SessionService } from '@holdfast/session';
import { StoredSessionService } from '@holdfast/session/store';
import { describe, expect, it } from 'vitest';
import { allCases } from '../all-cases.ts';
import { formatReport } from '../conformance-report.ts';
import { runConformance } from '../run-conformance.ts';
import { deniedReasons } from './denied-reasons.fixture.ts';
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
    const [summary, ...skipped] = formatReport(report).split('\n');
    expect(summary).toMatch(/^minimal: ok, \d+ passed, 0 failed, \d+ skipped$/);
    const denied = deniedReasons(create());
    const isDenied = (line: string) => denied.some((reason) => line.endsWith(`(${reason})`));
    expect(skipped.filter((line) => !isDenied(line))).toEqual([]);
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
    const denied = deniedReasons(create());
    const isDenied = (reason: string) => denied.includes(reason);
    expect(denied).toContain('the service does not have the capability listAllUsers');
    expect(new Set(reasons.filter((reason) => !isDenied(reason)))).toEqual(
      new Set(['the kit was not given the option startProcess']),
    );
  });

  it('fails if it is lasting or shared and the kit is not told how to open it again', async () => {
    const create = () => new LastingSessionService();
    const report = await runConformance({ name: 'lasting', create, propertyRuns: 1 });
    const failed = report.results.filter(({ status }) => status === 'failed');
    const { capabilities } = create();
    const needReopen = allCases.filter(({ needs: need = [], needsProcess }) => {
      const needs = [need].flat();
      const isRun = needsProcess !== true && needs.every((each) => capabilities[each]);
      return isRun && needs.some((each) => each === 'persistent' || each === 'shared');
    });
    expect(failed.map(({ title }) => title)).toEqual(needReopen.map(({ title }) => title));
    for (const { error } of failed) expect(String(error)).toContain('needs the option reopen');
  });
});

import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onAbort } from './abort-signal.ts';

describe('onAbort', () => {
  it('listens to a signal once, however many are to be told', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const told: unknown[] = [];
    const stops = Array.from({ length: 20 }, (_, i) => onAbort(signal, () => told.push(i)));
    const again = (reason: unknown) => told.push(reason);
    onAbort(signal, again);
    const [first] = [onAbort(signal, again), onAbort(signal, again)];
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    for (const stop of stops.slice(1)) stop();
    first();
    controller.abort('enough');
    expect(told).toEqual([0, 'enough', 'enough']);
  });

  it('tells at once of a signal that is aborted already', () => {
    const told: unknown[] = [];
    onAbort(AbortSignal.abort('before'), (reason) => told.push(reason))();
    onAbort(undefined, (reason) => told.push(reason))();
    expect(told).toEqual(['before']);
  });
});

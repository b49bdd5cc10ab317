import { expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { approve, change, pending } from './fixtures.ts';

/** What every store must do with changes that are one. */
export function tiedChanges(make: () => Promise<{ readonly store: Store; stop(): Promise<void> }>): void {
  it('saves what is tied to a change only where that one is saved, each on top of the one before it', async () => {
    const { store, stop } = await make();
    const { at } = await store.now();
    const [one, two] = [pending('aaaaaaa', at), pending('bbbbbbb', at)];
    await store.save([change(one, 0)]);
    const tied = [change(two, 0), change(approve(two, at), 1)].map((next) => ({ ...next, with: true as const }));
    expect(await store.save([change(approve(one, at), 7), ...tied])).toEqual(['stale', 'stale', 'stale']);
    expect((await store.load('bbbbbbb')).request).toBeUndefined();
    expect(await store.save([change(approve(one, at), 1), ...tied])).toEqual(['saved', 'saved', 'saved']);
    expect((await store.load('bbbbbbb')).request?.status).toBe('activating');
    await stop();
  });
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Request } from '../../src/core/request/request.ts';
import type { Store } from '../../src/ports/store.ts';
import { change, machine, open, pending } from './fixtures.ts';
import type { StoreUnderTest } from './store.ts';

/** What every store remembers of where people come from. */
export function rememberedConformance(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`${name}: what is remembered`, () => {
    let test: StoreUnderTest;
    let store: Store;
    let at: number;

    beforeEach(async () => {
      test = await make();
      store = test.store;
      at = (await store.now()).at;
    });
    afterEach(() => test.stop());

    async function keep(...requests: readonly Request[]): Promise<void> {
      const saved = await store.save(requests.map((request) => change(request, 0)));
      expect(saved).toEqual(requests.map(() => 'saved'));
    }

    async function move(from: Request, next: Request): Promise<void> {
      expect(await store.save([change(next, from.version)])).toEqual(['saved']);
    }

    it('the source of what was opened for a person last, and of nothing else', async () => {
      const source = () => store.lastSource('ada', machine(1));
      const first = pending('aaaaaaa', at, { source: '2001:db8::7/128' });
      await keep(first, pending('bbbbbbb', at + 1, { source: '198.51.100.66/32' }));
      expect(await source()).toBeUndefined();
      const isOpen = open(first, at);
      await move(first, isOpen);
      expect(await source()).toBe('2001:db8::7/128');
      expect(await store.lastSource('ada', machine(2))).toBeUndefined();
      // The subnet of a Bastion is no address of hers.
      const hub = pending('ddddddd', at + 3, { source: '10.0.251.0/26', bastion: 'hub' });
      await keep(hub);
      await move(hub, open(hub, at));
      expect(await source()).toBe('2001:db8::7/128');
      // What a name stands for may change: the name is what was said.
      const named = pending('eeeeeee', at + 4, { source: '10.8.0.0/16', sourceName: 'vpn' });
      await keep(named);
      await move(named, open(named, at));
      expect(await source()).toBe('vpn');
      // What goes on of one that was opened before is not newer by that.
      await move(isOpen, { ...isOpen, version: isOpen.version + 1 });
      expect(await source()).toBe('vpn');
      expect(await store.lastSource('grace', machine(1))).toBeUndefined();
    });
  });
}

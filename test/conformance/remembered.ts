import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/ports/store.ts';
import { machine, open, pending } from './fixtures.ts';
import { type StoreUnderTest, storeOfEach } from './store-harness.ts';

/** What every store remembers of where people come from. */
export function rememberedConformance(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`${name}: what is remembered`, () => {
    const own = storeOfEach(make);
    const { keep, move } = own;
    let store: Store;
    let at: number;
    beforeEach(() => {
      [store, at] = [own.test.store, own.at];
    });

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

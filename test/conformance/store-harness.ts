import { afterEach, beforeEach, expect } from 'vitest';
import type { Request } from '../../src/core/request/request.ts';
import type { Store } from '../../src/ports/store.ts';
import { change, type machine } from './fixtures.ts';

export interface StoreUnderTest {
  readonly store: Store;
  /** Takes a machine out of the due index, as a bug or a careless hand would. */
  forgetDue(id: ReturnType<typeof machine>): Promise<void>;
  stop(): Promise<void>;
}

/** A store of its own for each test of a block, and the instant at which the test began. */
export function storeOfEach(make: () => Promise<StoreUnderTest>) {
  let test: StoreUnderTest;
  let at: number;

  beforeEach(async () => {
    test = await make();
    at = (await test.store.now()).at;
  });
  afterEach(() => test.stop());

  return {
    get test() {
      return test;
    },
    get at() {
      return at;
    },
    async keep(...requests: readonly Request[]): Promise<void> {
      const saved = await test.store.save(requests.map((request) => change(request, 0)));
      expect(saved).toEqual(requests.map(() => 'saved'));
    },
    async move(from: Request, next: Request): Promise<void> {
      expect(await test.store.save([change(next, from.version)])).toEqual(['saved']);
    },
  };
}

import type { Request } from '../../src/core/request/request.ts';
import type { Commit, Loaded, Saved, Store } from '../../src/ports/store.ts';

interface Told {
  /** A request that a process got to know. */
  readonly see: (request: Request) => void;
  /** A request that was committed, in the moment it is. */
  readonly commits: (request: Request) => void;
}

/** Every call of the store waits for its turn, and again before its answer arrives: a process can die in between. */
export function stepping(store: Store, turn: () => Promise<void>, { see, commits }: Told): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const method = Reflect.get(target, name, receiver) as unknown;
      if (typeof method !== 'function') return method;
      return async (...args: readonly unknown[]) => {
        await turn();
        const answer: unknown = await Reflect.apply(method, target, args);
        if (name === 'save') for (const request of requestsIn(name, args, answer)) commits(request);
        await turn();
        for (const request of requestsIn(String(name), args, answer)) see(request);
        return answer;
      };
    },
  });
}

/** The requests that a process got to know by a call. */
function requestsIn(name: string, args: readonly unknown[], answer: unknown): readonly Request[] {
  if (name === 'load') return [(answer as Loaded).request ?? []].flat();
  if (name === 'liveOn') return (answer as Awaited<ReturnType<Store['liveOn']>>).requests;
  if (name !== 'save') return [];
  const saved = answer as readonly Saved[];
  return (args[0] as readonly Commit[]).flatMap(({ next }, i) => (saved[i] === 'saved' ? [next] : []));
}

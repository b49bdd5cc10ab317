import type { MachineId } from '../../src/core/machine/machine.ts';
import type { Queue, Urgency } from '../../src/ports/queue.ts';
import { convergeId, notifyId } from '../../src/queue/names.ts';

interface Handlers {
  readonly converge: (machine: MachineId, signal: AbortSignal) => Promise<void>;
  readonly notify: (id: string, signal: AbortSignal) => Promise<void>;
}

type Hint =
  | { readonly id: string; readonly kind: 'converge'; readonly machine: MachineId; readonly urgency: Urgency }
  | { readonly id: string; readonly kind: 'notify'; readonly request: string; readonly soon?: true };

interface MemoryQueue extends Queue {
  /** What waits, in the order in which it will run. */
  readonly waiting: readonly Hint[];
  /** Everything that waits is lost, as when the queue's keys are deleted. */
  flush(): void;
  /** Runs what waits, and what that adds, one at a time, until nothing is left. What fails is dropped. Gives how many ran. */
  drain(handlers: Handlers): Promise<number>;
}

const ORDER = { close: 0, open: 1, notify: 2 } as const;

/** BullMQ's twin: takes hints, and runs them when told to. One that waits already is not added again. */
export function memoryQueue(): MemoryQueue {
  let hints: readonly Hint[] = [];
  const add = (hint: Hint) => {
    if (!hints.some((other) => other.id === hint.id)) hints = [...hints, hint].sort((a, b) => rank(a) - rank(b));
  };
  return {
    get waiting() {
      return hints;
    },
    async converge(machines, key, urgency) {
      for (const machine of machines) add({ id: convergeId(machine, key), kind: 'converge', machine, urgency });
    },
    async notify(requests, occasion) {
      for (const { id, version, soon } of requests)
        add({ id: notifyId(id, version, occasion), kind: 'notify', request: id, ...(soon ? { soon } : {}) });
    },
    flush() {
      hints = [];
    },
    async drain(handlers) {
      const { signal } = new AbortController();
      let ran = 0;
      for (let [next] = hints; next; [next] = hints) {
        hints = hints.slice(1);
        ran += 1;
        const work =
          next.kind === 'converge' ? handlers.converge(next.machine, signal) : handlers.notify(next.request, signal);
        await work.catch(() => undefined);
      }
      return ran;
    },
  };
}

function rank(hint: Hint): number {
  return ORDER[hint.kind === 'converge' ? hint.urgency : 'notify'];
}

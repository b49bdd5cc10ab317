import type { Clock } from '../shared/clock.ts';
import type { Firewall, Instance, Network, Operation } from './model.ts';

interface Snapshot {
  readonly atMs: number;
  readonly firewalls: readonly Firewall[];
}

/** One project: its rules as they are and were, its machines, and the operations under way. */
export class GcpWorld {
  readonly now: Clock;
  readonly instances = new Map<string, Instance>();
  readonly networks = new Map<string, Network>();
  readonly operations = new Map<string, Operation>();
  #firewalls = new Map<string, Firewall>();
  #history: Snapshot[] = [];
  #ids = 1_000_000_000_000_000_000n;

  constructor(now: Clock) {
    this.now = now;
    this.#keep();
  }

  id(): string {
    this.#ids += 7n;
    return String(this.#ids);
  }

  /** Lets the operations happen whose time has come. */
  settle(): void {
    for (const operation of this.operations.values()) {
      if (operation.done || operation.doneAt > this.now()) continue;
      operation.done = true;
      if (!operation.error) operation.effect();
    }
  }

  /** The rules as they are, or as they were so long ago. */
  firewalls(agoMs = 0): readonly Firewall[] {
    if (agoMs === 0) return [...this.#firewalls.values()];
    const then = this.now() - agoMs;
    return this.#history.findLast(({ atMs }) => atMs <= then)?.firewalls ?? [];
  }

  firewall(name: string): Firewall | undefined {
    return this.#firewalls.get(name);
  }

  put(rule: Firewall): void {
    this.#firewalls.set(rule.name, rule);
    this.#keep();
  }

  delete(name: string): void {
    this.#firewalls.delete(name);
    this.#keep();
  }

  /** Is a change of this rule under way? */
  isBusy(name: string): boolean {
    return [...this.operations.values()].some(({ target, done }) => !done && target === name);
  }

  #keep(): void {
    this.#history.push({ atMs: this.now(), firewalls: [...this.#firewalls.values()] });
  }
}

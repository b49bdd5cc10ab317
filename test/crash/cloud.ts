import { JitError } from '../../src/core/errors/errors.ts';
import type { Machine, MachineId } from '../../src/core/machine/machine.ts';
import { MANAGEMENT_PORTS, type Port, portText } from '../../src/core/rule/port.ts';
import { type Placement, placementKey, type StandingRule } from '../../src/core/rule/rule.ts';
import type { CloudAdapter, Found, Opening, Protector } from '../../src/ports/cloud.ts';
import type { Remover } from '../../src/ports/remover.ts';
import { go } from '../conformance/cloud-steps.ts';
import type { Scheduler } from './scheduler.ts';

interface ModelRule {
  readonly placement: Placement;
  readonly until: number;
  /** When it was put there, as it is now. */
  readonly since: number;
}

/** How likely each misfortune is, once a call. */
export interface Weather {
  readonly stale: number;
  readonly lost: number;
  readonly busy: number;
  readonly late: number;
  /** A closing is answered as done, and nothing was done. */
  readonly deaf: number;
}

export const FAIR: Weather = { stale: 0, lost: 0, busy: 0, late: 0, deaf: 0 };

/** Several behind one group, as machines are in a subnet; one has a group of its own besides. */
export const MACHINES: readonly Machine[] = [1, 2, 3].map((n) => ({
  id: `aws:123456789012:eu-west-1:i-0123456789abcdef${n}`,
  name: `m-${n}`,
  tags: {},
  location: 'model',
}));

function locksOf(machine: MachineId): readonly string[] {
  return machine.endsWith('3') ? ['sg-1', 'sg-3'] : ['sg-1'];
}

export const LIMITS = { callMs: 4_000, readLagMs: 3_000 } as const;

/** The state of the one cloud that all processes share, with calls that land late and reads that lag. */
export class ModelCloud {
  readonly #scheduler: Scheduler;
  #rules = new Map<string, ModelRule>();
  #history: { readonly at: number; readonly rules: ReadonlyMap<string, ModelRule> }[] = [];
  #landing: { readonly at: number; readonly effect: () => void }[] = [];
  /** Ports that somebody else opened, by machine and port, and since when. */
  readonly #byHand = new Map<string, number>();
  /** The same, of when it was closed last. */
  readonly #wasByHand = new Map<string, number>();
  readonly #unprotected = new Set<MachineId>();
  readonly #gone = new Set<MachineId>();
  weather: Weather;

  constructor(scheduler: Scheduler, weather: Weather) {
    this.#scheduler = scheduler;
    this.weather = weather;
  }

  /** What is really there now. */
  rules(): readonly ModelRule[] {
    this.land();
    return [...this.#rules.values()];
  }

  /** Since when somebody else has it open; undefined when nobody has. */
  openByHand(machine: MachineId, port: Port): number | undefined {
    return this.#byHand.get(`${machine} ${portText(port)}`);
  }

  /** When somebody else who had it open closed it last. */
  closedByHand(machine: MachineId, port: Port): number {
    return this.#wasByHand.get(`${machine} ${portText(port)}`) ?? Number.NEGATIVE_INFINITY;
  }

  /** Somebody opens a port by hand, or closes it again. */
  turnByHand(machine: MachineId, port: Port): void {
    const key = `${machine} ${portText(port)}`;
    if (this.#byHand.delete(key)) this.#wasByHand.set(key, this.#scheduler.now);
    else this.#byHand.set(key, this.#scheduler.now);
  }

  /** Somebody deletes a machine, or makes it anew. What was written for it stays, as a group does. */
  turnMachine(machine: MachineId): void {
    if (!this.#gone.delete(machine)) this.#gone.add(machine);
  }

  /** All machines are there again. */
  restore(): void {
    this.#gone.clear();
  }

  /** Lets late calls happen whose time has come. */
  land(): void {
    const due = this.#landing.filter(({ at }) => at <= this.#scheduler.now);
    this.#landing = this.#landing.filter(({ at }) => at > this.#scheduler.now);
    for (const { effect } of due) effect();
  }

  get pending(): number {
    return this.#landing.length;
  }

  /** One process's hands on the cloud. */
  adapter(process: number, judge: (opening: Opening) => void = () => {}): CloudAdapter & Protector & Remover {
    const scheduler = this.#scheduler;
    const read = async () => {
      await scheduler.turn(process);
      this.land();
      return this.#read();
    };
    const protection = { ports: MANAGEMENT_PORTS.map((port) => ({ port, sources: [], longestMs: 86_400_000 })) };
    const state = (id: MachineId) => {
      const machine = MACHINES.find((one) => one.id === id) as Machine;
      if (this.#gone.has(id)) throw new JitError('machineGone', { machine: machine.name });
      return { machine, standing: this.#standing(id), ...(this.#unprotected.has(id) ? {} : { protection }) };
    };
    const turnProtection = async (machine: MachineId, isProtected: boolean) => {
      await scheduler.turn(process);
      if (isProtected) this.#unprotected.delete(machine);
      else this.#unprotected.add(machine);
      return state(machine);
    };
    return {
      cloud: 'aws',
      limits: LIMITS,
      machines: async () => ({ all: MACHINES.filter(({ id }) => !this.#gone.has(id)), unread: [] }),
      // What is judged is read, too: a process may die or sleep after it, and it may not be told.
      look: async (machine) => {
        await scheduler.turn(process);
        if (scheduler.chance(this.weather.busy)) throw new JitError('cloudBusy', { cloud: 'Model' });
        return state(machine);
      },
      protect: (machine) => turnProtection(machine, true),
      protectKey: async (machine) => machine,
      unprotect: (machine) => turnProtection(machine, false),
      check: async () => {},
      locate: async (rules) => {
        for (const { machine } of rules)
          if (!state(machine).protection) throw new JitError('notProtected', { machine, port: 22, protected: 'none' });
        return rules.map((rule) => ({ rule, backend: 'securityGroup', at: 'sg-1', locks: locksOf(rule.machine) }));
      },
      observe: async (machine) => ({
        ours: [...(await read()).values()]
          .filter(({ placement }) => placement.rule.machine === machine)
          .map(({ placement, until }) => ({ placement, until, mark: 'valid' as const })),
        others: this.#standing(machine),
        effective: MANAGEMENT_PORTS.map((port) =>
          this.openByHand(machine, port) === undefined
            ? { port, state: 'closed' as const }
            : { port, state: 'open' as const, through: 'by hand' },
        ),
      }),
      open: async (openings, _signal, beforeCall) => {
        for (const opening of openings) {
          const allowed = () => {
            beforeCall();
            judge(opening);
          };
          await this.#call(process, allowed, () => this.#put(opening));
        }
        return openings.map(({ placement }) => ({ placement, outcome: 'opened' as const }));
      },
      close: async (placements, _signal, beforeCall) => {
        await this.#call(process, beforeCall, () => {
          if (this.#scheduler.chance(this.weather.deaf)) return;
          for (const placement of placements) this.#change((rules) => rules.delete(placementKey(placement)));
        });
      },
      onlyRemoves: () => true,
      patrol: () => this.#patrol(read),
      marked: () => this.#patrol(read),
      remove: async (placements, mayGo) => {
        const rules = await read();
        const going = placements.filter((placement) => {
          const rule = rules.get(placementKey(placement));
          return rule && mayGo({ ...rule, mark: 'valid', cloudNow: scheduler.now });
        });
        for (const placement of going)
          await this.#call(process, go, () => this.#change((all) => all.delete(placementKey(placement))));
        return going;
      },
    };
  }

  #standing(machine: MachineId): readonly StandingRule[] {
    return MANAGEMENT_PORTS.filter((port) => this.openByHand(machine, port) !== undefined).map((port) => {
      return { port, source: '0.0.0.0/0', through: 'by hand' };
    });
  }

  async *#patrol(read: () => Promise<ReadonlyMap<string, ModelRule>>): AsyncGenerator<Found> {
    for (const { placement, until } of (await read()).values())
      yield { placement, until, mark: 'valid', cloudNow: this.#scheduler.now };
  }

  async #call(process: number, beforeCall: () => void, effect: () => void): Promise<void> {
    await this.#scheduler.turn(process);
    this.land();
    beforeCall();
    // The request leaves here; what becomes of it is the cloud's business.
    const { busy, lost, late } = this.weather;
    if (this.#scheduler.chance(busy)) throw new JitError('cloudBusy', { cloud: 'Model' });
    if (this.#scheduler.chance(late)) {
      const delay = Math.floor(this.#scheduler.random() * 4 * LIMITS.callMs);
      this.#landing.push({ at: this.#scheduler.now + delay, effect });
      throw new JitError('cloudSilent', { cloud: 'Model' });
    }
    effect();
    if (this.#scheduler.chance(lost)) throw new JitError('cloudSilent', { cloud: 'Model' });
  }

  #put({ placement, until }: Opening): void {
    this.#change((rules) => rules.set(placementKey(placement), { placement, until, since: this.#scheduler.now }));
  }

  #change(edit: (rules: Map<string, ModelRule>) => void): void {
    this.#history.push({ at: this.#scheduler.now, rules: new Map(this.#rules) });
    edit(this.#rules);
  }

  /** The state now, or as it was at some instant within the stated lag. */
  #read(): ReadonlyMap<string, ModelRule> {
    if (!this.#scheduler.chance(this.weather.stale)) return this.#rules;
    const as = this.#scheduler.now - Math.floor(this.#scheduler.random() * LIMITS.readLagMs);
    return this.#history.find(({ at }) => at >= as)?.rules ?? this.#rules;
  }
}

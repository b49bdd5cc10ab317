import { HOUR_MS, MINUTE_MS } from '../core/language/instant.ts';
import type { Machine } from '../core/machine/machine.ts';
import type { MachineList } from '../core/machine/match.ts';
import { type Diagnosis, faultAt, meaningOf } from '../core/view/doctor-page.ts';
import type { MachineState } from '../ports/cloud.ts';
import type { Log } from '../ports/log.ts';
import type { Clock } from './clock.ts';
import { orAborted } from './time-limit.ts';

/** How old what was read may be before it is read again. */
const KEPT_MS = 10 * MINUTE_MS;
/** When it is tried again after it failed: not for each who asks. */
const AGAIN_MS = MINUTE_MS;
/** What could not be read again counts for as long; then it is not known. */
const OLD_MS = HOUR_MS;

export interface AboveOptions {
  /** For the doctor: whom that is read from, what it is called there, and what to do where it cannot be read. */
  readonly of: string;
  readonly what: string;
  readonly remedy: string;
  /** What is above each account or subscription, in lower case. It is shared, so it has no signal and limits itself. */
  read(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The account or subscription of a machine. */
  siteOf(machine: Machine): string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** The log line when it cannot be read. */
  readonly warning: string;
}

/** What is above accounts and subscriptions in the tree of their organization, read as a whole and kept for minutes. */
export class Above {
  readonly #options: AboveOptions;
  #known: { readonly at: number; readonly units: ReadonlyMap<string, readonly string[]> } | undefined;
  #last:
    | {
        readonly machines: readonly Machine[];
        readonly known: ReadonlyMap<string, readonly string[]>;
        readonly all: readonly Machine[];
      }
    | undefined;
  #due = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(options: AboveOptions) {
    this.#options = options;
  }

  /** The machines with what is above their site, where that is known. */
  async on(machines: readonly Machine[]): Promise<readonly Machine[]> {
    if (machines.length === 0) return machines;
    await this.#fresh();
    const isKnown = this.#known !== undefined && this.#options.clock.now() - this.#known.at < OLD_MS;
    const known = isKnown ? this.#known?.units : undefined;
    if (!known) return machines;
    // What is made of a list is made once for as long as nothing in it changes.
    if (this.#last?.machines === machines && this.#last.known === known) return this.#last.all;
    const all = machines.map((machine) => {
      const units = known.get(this.#options.siteOf(machine).toLowerCase());
      return units ? { ...machine, units } : machine;
    });
    if (all.length > 1) this.#last = { machines, known, all };
    return all;
  }

  /** Reads it now, whatever was read before. Throws why it cannot be read. */
  async readNow(): Promise<void> {
    const units = await this.#options.read();
    const at = this.#options.clock.now();
    this.#known = { at, units };
    this.#due = at + KEPT_MS;
  }

  /** For the doctor: whether it can be read at all. */
  async examine(): Promise<Diagnosis> {
    const { of, what, remedy } = this.#options;
    try {
      await this.readNow();
      return { of, what, verdict: 'fine' };
    } catch (error) {
      return faultAt(of, what, meaningOf(error), remedy);
    }
  }

  #fresh(): Promise<void> {
    if (this.#options.clock.now() < this.#due) return Promise.resolve();
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    try {
      await this.readNow();
    } catch (error) {
      this.#due = this.#options.clock.now() + AGAIN_MS;
      this.#options.log.warn({ error }, this.#options.warning);
    }
  }
}

/** The same list, where nobody wants to know what is above. */
export async function listBelow(
  above: Above | undefined,
  list: MachineList,
  signal: AbortSignal,
): Promise<MachineList> {
  return above ? { ...list, all: await orAborted(above.on(list.all), signal) } : list;
}

export async function stateBelow(
  above: Above | undefined,
  state: MachineState,
  signal: AbortSignal,
): Promise<MachineState> {
  const [machine = state.machine] = above ? await orAborted(above.on([state.machine]), signal) : [];
  return { ...state, machine };
}

import { type BoardFilter, isNamedBy } from '../../core/board/filter.ts';
import { nameOn } from '../../core/board/names.ts';
import { isOpenRow, mayReadRow } from '../../core/board/row.ts';
import type { Instant } from '../../core/language/instant.ts';
import { MINUTE_MS } from '../../core/language/instant.ts';
import { namesApart } from '../../core/language/names-apart.ts';
import { tidy } from '../../core/language/text.ts';
import type { AssessedMachine } from '../../core/machine/assessment.ts';
import { cloudWordOf } from '../../core/machine/machine.ts';
import type { ReadingRight } from '../../core/policy/readers.ts';
import type { BoardMachine, BoardMachines, MachineStanding, Paging } from '../../ports/board.ts';
import type { Deps } from '../deps.ts';
import { survey } from '../protect/recommend.ts';
import type { Projected } from './projection.ts';

/** What the clouds said is good for so long; then they are asked again, while what was said is shown. */
const FRESH_MS = 2 * MINUTE_MS;
const SURVEY_MS = 90_000;
/** The first one who asks waits so long at most. */
const PATIENCE_MS = 1_500;
const MOST_SENTENCES = 4;
const LONGEST = 500;
const STANDINGS = ['protected', 'open', 'unprotected', 'unsupported'] as const;

interface Asked {
  readonly right: ReadingRight;
  /** All machines; otherwise those of rows that they may read. */
  readonly isAll: boolean;
  readonly filter: Pick<BoardFilter, 'text' | 'cloud'> & { readonly standing?: string };
  readonly paging: Paging;
}

type Counts = Record<MachineStanding, number>;

/** All machines with how they stand. Whole accounts take seconds to read: it is done aside, and what is shown says how old it is. */
export class MachineBoard {
  readonly #deps: Deps;
  #known:
    | {
        readonly at: Instant;
        readonly machines: readonly BoardMachine[];
        /** The same, told apart over all of them. */
        readonly apart: readonly BoardMachine[];
        readonly unread: readonly string[];
      }
    | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #failed: unknown;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async read({ current, past }: Projected, { right, isAll, filter, paging }: Asked): Promise<BoardMachines> {
    await this.#refresh();
    if (!this.#known && this.#failed !== undefined) throw this.#failed;
    const leases = new Map<string, number>();
    const own = new Set<string>();
    for (const row of current.values()) {
      if (!mayReadRow(row, right)) continue;
      own.add(row.machine);
      if (isOpenRow(row)) leases.set(row.machine, (leases.get(row.machine) ?? 0) + 1);
    }
    if (!isAll) for (const machine of past.machinesFor(right)) own.add(machine);
    // Of a machine that they may not see, a name does not tell either.
    const { machines = [], apart = [] } = this.#known ?? {};
    const readable = isAll ? apart : toldApart(machines.filter(({ id }) => own.has(id)));
    const seen = readable.filter((one) => isNamedBy(filter, one));
    const counts: Counts = { protected: 0, open: 0, unprotected: 0, unsupported: 0 };
    for (const { standing } of seen) counts[standing] += 1;
    // A standing that is none is passed over, like all else in an address.
    const asked = STANDINGS.find((one) => one === filter.standing);
    const meant = asked === undefined ? seen : seen.filter(({ standing }) => standing === asked);
    return {
      ...(this.#known ? { at: this.#known.at } : {}),
      isReading: this.#reading !== undefined,
      machines: meant
        .slice(paging.skip, paging.skip + paging.most)
        .map((one) => ({ ...one, leases: leases.get(one.id) ?? 0 })),
      all: meant.length,
      counts,
      unread: (this.#known?.unread ?? []).map((text) => tidy(text, LONGEST)),
    };
  }

  /** After something was protected: the next one who asks gets it anew. */
  outdate(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  async #refresh(): Promise<void> {
    if (this.#deps.monotonic() - this.#readAt > FRESH_MS) {
      this.#reading ??= this.#survey().finally(() => {
        this.#reading = undefined;
      });
    }
    if (this.#known || !this.#reading) return;
    let late: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      late = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([this.#reading, patience]);
    clearTimeout(late);
  }

  async #survey(): Promise<void> {
    try {
      const { machines, unread } = await survey(this.#deps, AbortSignal.timeout(SURVEY_MS));
      const { at } = await this.#deps.store.now();
      const own = machines.map(machineOf).sort(byStanding);
      this.#known = { at, machines: own, apart: toldApart(own), unread };
      this.#failed = undefined;
    } catch (error) {
      this.#failed = error;
      this.#deps.log.warn({ error }, 'the machines could not be read for the board');
    }
    this.#readAt = this.#deps.monotonic();
  }
}

const ORDER: Readonly<Record<MachineStanding, number>> = { open: 0, unprotected: 1, protected: 2, unsupported: 3 };

function byStanding(a: BoardMachine, b: BoardMachine): number {
  return ORDER[a.standing] - ORDER[b.standing] || a.name.localeCompare(b.name);
}

/** What looks the same says which one it is. */
function toldApart(machines: readonly BoardMachine[]): readonly BoardMachine[] {
  const name = namesApart(machines);
  return machines.map((one) => ({ ...one, name: name(one) }));
}

function machineOf({ machine, tab, stillOpen = [], reasons }: AssessedMachine): BoardMachine {
  const standing = standingOf(tab, stillOpen);
  const why = standing === 'open' ? stillOpen : standing === 'protected' ? [] : reasons;
  const { id, name, location } = machine;
  return {
    ...{ id, name: nameOn(name, id), location: tidy(location, LONGEST), cloud: cloudWordOf(id), standing },
    ...{ why: why.slice(0, MOST_SENTENCES).map((text) => tidy(text, LONGEST)), leases: 0 },
  };
}

function standingOf(tab: AssessedMachine['tab'], stillOpen: readonly string[]): MachineStanding {
  if (tab === 'configured') return stillOpen.length > 0 ? 'open' : 'protected';
  return tab === 'notConfigured' ? 'unprotected' : 'unsupported';
}

import { type BoardFilter, isNamedBy } from '../../core/board/filter.ts';
import { isOpenRow, mayReadRow } from '../../core/board/row.ts';
import type { Instant } from '../../core/language/instant.ts';
import { MINUTE_MS } from '../../core/language/instant.ts';
import type { AssessedMachine } from '../../core/machine/assessment.ts';
import { cloudOf } from '../../core/machine/machine.ts';
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
    | { readonly at: Instant; readonly machines: readonly BoardMachine[]; readonly unread: readonly string[] }
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
    const seen = (this.#known?.machines ?? []).filter((one) => (isAll || own.has(one.id)) && isNamedBy(filter, one));
    const counts: Counts = { protected: 0, open: 0, unprotected: 0, unsupported: 0 };
    for (const { standing } of seen) counts[standing] += 1;
    const meant = filter.standing === undefined ? seen : seen.filter(({ standing }) => standing === filter.standing);
    return {
      ...(this.#known ? { at: this.#known.at } : {}),
      isReading: this.#reading !== undefined,
      machines: meant
        .slice(paging.skip, paging.skip + paging.most)
        .map((one) => ({ ...one, leases: leases.get(one.id) ?? 0 })),
      all: meant.length,
      counts,
      unread: this.#known?.unread ?? [],
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
      this.#known = { at, machines: machines.map(machineOf).sort(byStanding), unread };
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

function machineOf({ machine, tab, stillOpen = [], reasons }: AssessedMachine): BoardMachine {
  const standing = standingOf(tab, stillOpen);
  const why = standing === 'open' ? stillOpen : standing === 'protected' ? [] : reasons;
  const { id, name, location } = machine;
  return { id, name, location, cloud: cloudOf(id), standing, why: why.slice(0, MOST_SENTENCES), leases: 0 };
}

function standingOf(tab: AssessedMachine['tab'], stillOpen: readonly string[]): MachineStanding {
  if (tab === 'configured') return stillOpen.length > 0 ? 'open' : 'protected';
  return tab === 'notConfigured' ? 'unprotected' : 'unsupported';
}

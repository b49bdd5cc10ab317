import { JitError } from '../errors/errors.ts';
import { durationText } from './duration.ts';
import { HOUR_MS, MINUTE_MS } from './instant.ts';
import { orPort, readMoment } from './moment.ts';
import type { MomentReading } from './moment-readings.ts';
import type { SaidCommand } from './said.ts';
import { tidy } from './text.ts';
import { msUntil, type Until, type WallClock } from './until.ts';

/** A time that was said, or an end. */
export interface TermTime {
  readonly forMs?: number;
  readonly until?: Until;
  /** Ends of which any may be meant, where that was refused. */
  readonly either?: readonly MomentReading[];
}

/** The one time of some terms: two that differ are a fault, of which the shorter is kept. */
export class TermTimes {
  readonly #said: SaidCommand;
  #time: TermTime = {};

  constructor(said: SaidCommand) {
    this.#said = said;
  }

  get time(): TermTime {
    return this.#time;
  }

  get isSaid(): boolean {
    return this.#time.forMs !== undefined || this.#time.until !== undefined;
  }

  took(ms: number): void {
    const { forMs, until } = this.#time;
    const { faults, clock } = this.#said;
    const before = until && clock ? msUntil(until, clock) : forMs;
    if (before !== undefined && before !== ms) {
      const times = `${until ? `until ${until.said}` : durationText(before)} and ${durationText(ms)}`;
      faults.push(new JitError('severalTimes', { times }));
    }
    if (before === undefined || ms < before) this.#time = { forMs: ms };
  }

  /** Minutes behind a whole hour, which may be a port. */
  rest(minutes: string): void {
    this.ambiguous(minutes, (this.#time.forMs ?? 0) + Number(minutes) * MINUTE_MS);
  }

  ambiguous(word: string, forMs: number | undefined): void {
    this.#said.faults.push(new JitError('ambiguousTime', { word: tidy(word, 40) }));
    if (forMs !== undefined) this.#time = { forMs };
  }

  /** Reads an end, behind which ports may stand or none; gives how many words it takes. */
  until(at: number, withPorts: boolean): number {
    const { tokens, clock, faults } = this.#said;
    const said = readMoment(tokens, at, clock, 'end');
    const { readings, words, fault } = withPorts ? orPort(said) : said;
    const { forMs, until: before } = this.#time;
    const [until] = readings;
    if (fault) faults.push(fault);
    if (before) this.#again(before, until);
    else if (forMs !== undefined) {
      const times = `${durationText(forMs)} and until ${until?.said ?? '…'}`;
      faults.push(new JitError('severalTimes', { times }));
      if (until && clock && msUntil(until, clock) < forMs) this.#time = { until };
    } else
      this.#time = until
        ? { until, ...(readings.length > 1 || until.ports ? { either: readings } : {}) }
        : { until: unsaid(clock) };
    return Math.min(words, tokens.length - at);
  }

  /** A second end: the earlier stays. */
  #again(before: Until, until: Until | undefined): void {
    if (until?.at === before.at) return;
    const times = `until ${before.said} and until ${until?.said ?? '…'}`;
    this.#said.faults.push(new JitError('severalTimes', { times }));
    if (until && until.at < before.at) this.#time = { until };
  }
}

/** What stands for an end that could not be read. */
function unsaid(clock: WallClock | undefined): Until {
  return { at: (clock?.from ?? clock?.now ?? 0) + HOUR_MS, said: '<time>' };
}

import { appendFileSync, copyFileSync, existsSync, readFileSync } from 'node:fs';
import type { RecordedPoint } from './order.ts';
import type { Kill, Outcome } from './run.ts';

interface Recorded {
  readonly flow: string;
  readonly points: readonly RecordedPoint[];
}

export interface Done extends Outcome {
  readonly flow: string;
  readonly kill: Kill;
}

/**
 * What was recorded and done, in memory, and in a file where one is named: a line of JSON each. A run that is given the file of
 * another one does what has no line in it yet. A kill whose line is taken out is done again.
 */
export class Journal {
  readonly #file: string | undefined;
  readonly #points = new Map<string, readonly RecordedPoint[]>();
  readonly #done = new Map<string, Done>();

  constructor(file?: string) {
    this.#file = file;
    const lines = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    for (const line of lines) if (line !== '') this.#take(JSON.parse(line) as Recorded | Done);
  }

  pointsOf(flow: string): readonly RecordedPoint[] | undefined {
    return this.#points.get(flow);
  }

  doneIn(flow: string): readonly Done[] {
    return [...this.#done.values()].filter((one) => one.flow === flow);
  }

  isDone(flow: string, kill: Kill): boolean {
    return this.#done.has(keyOf(flow, kill));
  }

  /** @param logFile of the program; kept where something was that must not be */
  keep(entry: Recorded | Done, logFile?: string): void {
    this.#take(entry);
    if (this.#file === undefined) return;
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
    if (!('kill' in entry) || entry.violations.length === 0 || logFile === undefined) return;
    copyFileSync(logFile, `${this.#file}.${this.#done.size}.log`);
  }

  #take(entry: Recorded | Done): void {
    if ('kill' in entry) this.#done.set(keyOf(entry.flow, entry.kill), entry);
    else this.#points.set(entry.flow, entry.points);
  }
}

function keyOf(flow: string, { when, name, nth }: Kill): string {
  return `${flow} ${when} ${name} ${nth}`;
}

/** What a measurement says: its numbers, and how they stand to its goals. */
export interface Measurement {
  readonly title: string;
  /** What was measured, and how. */
  readonly how: string;
  /** One value for each round. */
  readonly rows: readonly Row[];
  readonly goals: readonly Goal[];
  /** What the reader should know: what costs, and why something falls short. */
  readonly notes: readonly string[];
}

/** A measurement, and what it ran on. */
export interface Report extends Measurement {
  readonly machine: string;
}

export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** Why there are no values: what this machine lacks. */
  readonly notRun?: string;
}

/** Reached when the value is at most `most`, or at least `least`: a goal has one of them. */
export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly most?: number;
  readonly least?: number;
  readonly unit: string;
  /** The same of the best round of each side: others' load on the machine changes it least. */
  readonly best?: number;
  /** What costs, as profiles show it: said where the goal is not reached. */
  readonly cost?: string;
}

/** How large and how often: all of it, or a little of everything within half a minute. */
export interface Effort {
  readonly quick: boolean;
}

/** A value that is not there reaches nothing. */
export function isReached({ value, most, least }: Goal): boolean {
  if (Number.isNaN(value)) return false;
  return (most === undefined || value <= most) && (least === undefined || value >= least);
}

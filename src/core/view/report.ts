import type { Line, Phrase } from '../language/text.ts';

/** A list for people that belongs to no request: what was found, with a button where something can be done about it. */
export interface Report {
  readonly title: Phrase;
  readonly sections: readonly Section[];
  /** Consent is asked for what it says: it is shown to the last word, in as many messages as that takes. */
  readonly isWhole?: true;
}

export interface Section {
  /** Empty when the rows speak for themselves. */
  readonly heading: Phrase;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly line: Line;
  /** Each word of it is wanted: it gets room of its own. */
  readonly isLong?: true;
  /** Not a word of it may be left out: it is shown in several rows where one is too short. */
  readonly isUncut?: true;
  readonly button?: CommandButton;
}

/** A button that types for somebody: it has no authority but that of whoever presses it. */
export interface CommandButton {
  readonly label: Phrase;
  /** What stands behind `/jit`. */
  readonly command: string;
}

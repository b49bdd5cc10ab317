import type { Line, Phrase } from '../core/language/text.ts';

/** A page that asks before anything happens. Nothing is changed by showing it. */
export interface StepPage {
  readonly title: Phrase;
  /** A sentence each. */
  readonly says: readonly Phrase[];
  /** Label and value. */
  readonly facts: readonly (readonly [label: Phrase, value: Line])[];
  /** What its button says; absent where there is nothing to press. */
  readonly button?: Phrase;
  /** What is to be typed in chat. */
  readonly code?: string;
  /** Goes on there by itself: a path of this server. */
  readonly onTo?: string;
}

/** What is done in a browser with a link from chat. `ticket` is what stands in that link. */
export interface Steps {
  /** Throws `linkOver` for what is used, too old, or none of ours. */
  show(ticket: string): Promise<StepPage>;
  /** The button was pressed: the link is used up. Gives where to sign in. */
  begin(ticket: string, browser: string): Promise<string>;
  /** The sign-in came back. Gives the ticket whose end is to be shown. Throws `linkOver`, `otherBrowser`, `signInRefused`, … */
  back(returned: URLSearchParams, browser: string | undefined): Promise<string>;
  /** What came of it, for the browser that it was done in. */
  done(ticket: string, browser: string | undefined): Promise<StepPage>;
}

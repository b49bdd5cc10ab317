import { confirmed } from './restore-ask.ts';

/** `break-glass <machine> [ports] … [confirm <code>] because <reason>`, but for what it asks for. */
export interface GlassConsent {
  /** The code of the page that said who will be told. */
  readonly confirm?: string;
}

/** What is asked for, which `ask` reads, with the code behind `confirm`. */
export function parseGlass<Ask>(words: readonly string[], ask: (words: readonly string[]) => Ask): Ask & GlassConsent {
  const at = words.findIndex((word) => word.toLowerCase() === 'confirm');
  const code: GlassConsent = confirmed(words);
  return { ...ask(at < 0 ? words : words.toSpliced(at, 2)), ...code };
}

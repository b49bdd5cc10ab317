import { plain, type Saying } from '../language/text.ts';
import type { Unknown } from './known.ts';

/** What was read, or why it is not known: `said` for whoever reads that in another language. */
export type OrUnknown<T> = { readonly is: T } | Untold;

interface Untold {
  readonly unknown: Unknown;
  readonly said?: Saying;
}

/** What nobody can tell, in words that follow just that. */
export function untold(said: Saying): Untold {
  return { unknown: plain([said]), said };
}

import type { Phrase } from '../core/language/text.ts';
import type { StepPage } from './steps.ts';

/** A page with what a browser may open besides. */
export interface AddressPage extends StepPage {
  /** The same page, where it is reached over the other family. */
  readonly other?: { readonly url: string; readonly says: Phrase };
}

/** Pages that see where somebody comes from. `seen` gives the address that the browser came from, as a canonical source, once the link is known to count. */
export interface AddressPages {
  /** Changes nothing. Throws `linkOver` for what is used or too old, `noSuchLink` for what never was one, and what `seen` throws. */
  show(ticket: string, seen: () => string): Promise<AddressPage>;
  /** The button was pressed: whoever was sent the link is asked in chat whether it is theirs. Once for each family. */
  keep(ticket: string, seen: () => string): Promise<AddressPage>;
}

import type { Ceremony } from '../core/people/ceremony.ts';

/** What is under way in browsers, by what it is for. Throws `storeAway`. */
export interface Ceremonies {
  /** What was under way under this key is over. It is forgotten by itself at its end. */
  begin(key: string, ceremony: Ceremony): Promise<void>;
  read(key: string): Promise<Ceremony | undefined>;
  /** True for one caller alone: whoever finds it as it was (`before`) and puts this in its place. */
  advance(key: string, before: Ceremony, next: Ceremony): Promise<boolean>;
  /** The same, with nothing in its place. */
  end(key: string, before: Ceremony): Promise<boolean>;
}

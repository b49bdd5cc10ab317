import type { Published } from '../core/request/whose.ts';

/** Whose networks addresses of the Internet are in, by what databases on disk say: for people who decide, and nothing is judged by it. */
export interface PublishedNetworks {
  /** Of a canonical source, all of which has to be in that network; undefined where nothing is known of it. Never throws. */
  of(source: string): Promise<Published | undefined>;
}

import type { Place } from '../core/people/place.ts';
import type { Diagnosis } from '../core/view/doctor-page.ts';

/** Rare power of a chat or a cloud, and of what the program stands on: says what is right with it, what is not, and the remedy. Changes nothing. */
export interface Examiner {
  /** `places` are all channels and private chats that are configured; each chat looks at its own. Throws only where nothing can be said. */
  examine(places: readonly Place[], signal: AbortSignal): Promise<readonly Diagnosis[]>;
}

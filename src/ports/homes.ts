import type { ChatName } from '../core/people/place.ts';

/** Who has a page open, or had it lately, so that it is drawn anew when something of it changes; shared by all processes. */
export interface Homes {
  /** This account looked at its page. */
  opened(chat: ChatName, user: string): Promise<void>;
  /** Something of their pages changed. Only whoever looked within the last day counts, and each once. */
  changed(chat: ChatName, users: readonly string[]): Promise<void>;
  /** Those whose page is to be drawn anew, `most` of them: nobody else is given them as well. */
  take(chat: ChatName, most: number): Promise<readonly string[]>;
}

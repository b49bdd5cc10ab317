import type { ResponseUrls } from './response-urls.ts';
import type { Sender } from './sender.ts';
import type { Triggers } from './triggers.ts';
import type { Workspace } from './workspace.ts';

/** What the acts of people work with. */
export interface Tools {
  readonly workspace: Workspace;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly sender: Sender;
  /** The slash commands that the app has registered. */
  readonly commands: readonly string[];
  /** The events that the app has subscribed to. */
  readonly events: readonly string[];
  readonly scopes: ReadonlySet<string>;
}

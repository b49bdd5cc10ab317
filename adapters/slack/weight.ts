import { type Weight, weightOf } from '../../src/core/language/weight.ts';
import { opensForm } from './buttons.ts';
import { commandOf } from './report.ts';

/** A button that opens a form does nothing yet: whoever fills it in is looked up anew. */
export function weightOfAction({ action_id, value }: { readonly action_id: string; readonly value?: string }): Weight {
  if (opensForm(action_id)) return 'shows';
  return weightOf(commandOf({ action_id, value }) ?? action_id.replace(/^jit_/, ''));
}

/** https://docs.slack.dev/reference/events/app_home_opened */
export interface HomeOpened {
  readonly user: string;
  readonly tab?: string;
  readonly view?: { readonly hash?: string } | null;
}

import type { Json } from './json.ts';

interface Given {
  readonly title: string;
  readonly verb: string;
  readonly data: Json;
  readonly style?: 'positive' | 'destructive' | 'default';
  /** Whether what was typed goes along. NB. a reason that is still missing must not keep the other buttons from being sent. */
  readonly inputs?: 'auto' | 'none';
}

/**
 * A button that is sent to the bot. A client that does not know `Action.Execute` sends the same as a message, with the
 * verb among its data (Teams, "Universal Actions for Adaptive Cards": backward compatibility).
 */
export function execute({ title, verb, data, style, inputs = 'none' }: Given): Json {
  const same = { title, ...(style ? { style } : {}), associatedInputs: inputs };
  const fallback = { type: 'Action.Submit', ...same, data: { ...data, verb } };
  return { type: 'Action.Execute', ...same, verb, data, fallback };
}

/** Shows and hides a part of the card. */
export function toggle(title: string, id: string, more: Json = {}): Json {
  return { type: 'Action.ToggleVisibility', title, ...more, targetElements: [id] };
}

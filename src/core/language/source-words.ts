import { JitError } from '../errors/errors.ts';
import { parseSource, type SourceNames, twoReadings } from '../rule/source.ts';
import { BASTION } from './asked-source.ts';
import { nearWord } from './near-word.ts';
import { tidy } from './text.ts';
import type { Token } from './token.ts';

/** A source out of the words behind `from`. */
export interface SourceSaid {
  /** As it was typed, or as it should have been. Absent for `me`, and where nothing comes near. */
  readonly word?: string;
  /** `me`, `here`, `my ip`: the address that is known of whoever speaks. */
  readonly isMe?: true;
  readonly words: number;
  readonly fault?: JitError;
}

const MINE = /^(?:own|public|ip|address|current)$/i;

/** Reads `203.0.113.7`, `vpn`, `the office`, `me`, `my ip address`. */
export function readSourceWords(tokens: readonly Token[], at: number, names: SourceNames): SourceSaid {
  const [text = '', next = ''] = [tokens[at]?.text, tokens[at + 1]?.text];
  const word = text.toLowerCase();
  if (text === '') return { words: 0, fault: new JitError('missingSource') };
  const isBefore =
    /^(?:the|our|ip|address|ip-address)$/.test(word) ||
    (word === 'my' && isSource(next, names)) ||
    (word === 'azure' && /^bastion$/i.test(next));
  if (isBefore && next !== '' && !names.has(word)) {
    const said = readSourceWords(tokens, at + 1, names);
    return { ...said, words: said.words + 1 };
  }
  if (!isSource(text, names) && (word === 'me' || word === 'here')) return { isMe: true, words: 1 };
  if (/^(?:my|this|current)$/.test(word)) {
    let words = 1;
    while (MINE.test(tokens[at + words]?.text ?? '')) words += 1;
    if (words > 1) return { isMe: true, words };
  }
  const either = names.has(word) ? undefined : twoReadings(text);
  // The narrower of the two.
  if (either) {
    const fault = new JitError('sourceTwoWays', { word: tidy(text, 60), ...either });
    return { word: either.address, words: 1, fault };
  }
  if (isSource(text, names)) return { word: text, words: 1 };
  const near = nearSource(text, names);
  return { ...(near === undefined ? {} : { word: near }), words: 1, fault: unknown(text, names) };
}

/** Can this be read behind `from`? */
export function isSource(word: string, names: SourceNames): boolean {
  const name = word.trim().toLowerCase();
  return name === BASTION || names.has(name) || parseSource(word) !== undefined;
}

/** A source by the looks of it, without `from`: an address or a prefix, or a name that nothing else has. */
export function isBareSource(word: string, names: SourceNames): boolean {
  return names.has(word.toLowerCase()) || (/[.:]/.test(word) && parseSource(word) !== undefined);
}

/** `web-1 (10.0.1.4)`: the address of what is named before it. */
export function isBracketedSource(
  { text, at }: Token,
  { head, names }: { readonly head: string; readonly names: SourceNames },
): boolean {
  return head[at] === '(' && isBareSource(text, names);
}

function nearSource(text: string, names: SourceNames): string | undefined {
  const near = nearWord([...names.keys(), ...(names.size > 0 ? [BASTION] : [])], text);
  if (near !== undefined) return near;
  const address = /^(?:https?:\/\/)?(.*?)(?:[/\\]\d+|:\d+|\/(?:255\.){3}255|\/)?$/.exec(text)?.[1];
  return address !== undefined && parseSource(address) ? address : undefined;
}

function unknown(text: string, names: SourceNames): JitError {
  const word = tidy(text, 60);
  return names.size === 0
    ? new JitError('malformedSource', { word })
    : new JitError('unknownSource', { word, names: [...names.keys()].join(', ') });
}

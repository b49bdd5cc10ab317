import type { Instant } from '../language/instant.ts';
import type { ChainEnd } from './chain.ts';

/** What is signed of a chain: that so many records lead to this head. */
export interface Head extends ChainEnd {
  readonly installation: string;
  /** When it was signed, by the store's time. */
  readonly at: Instant;
}

const KIND = 'drawbridge audit head v1';

/** The text of a signed note, a line each. */
export function headText({ installation, index, head, epoch, sequence, at }: Head): string {
  return `${[KIND, installation, index, head, `${epoch}-${sequence}`, new Date(at).toISOString()].join('\n')}\n`;
}

export function readHead(text: string): Head | undefined {
  const [kind, installation = '', index, head = '', place = '', at = ''] = text.split('\n');
  const [epoch, sequence] = place.split('-').map(Number);
  const read = {
    installation,
    index: Number(index),
    head,
    epoch: Number(epoch),
    sequence: Number(sequence),
    at: Date.parse(at),
  };
  const isRight = kind === KIND && [read.index, read.epoch, read.sequence, read.at].every(Number.isSafeInteger);
  return isRight && headText(read) === text ? read : undefined;
}

/** What a signed head says, whether its signature is right or not; undefined where it is none. */
export function saidInNote(note: string): Head | undefined {
  return readHead(note.slice(0, note.indexOf('\n\n') + 1));
}

/** The installation that it says it is of. */
export function writerOfNote(note: string): string | undefined {
  return saidInNote(note)?.installation;
}

/** As a line of the files has it. */
const LINE = /^\{"note":("(?:[^"\\]|\\.)*")\}$/gm;
const RECORD = /^\{"i":.*$/gm;
const TOKEN = /drawbridge-head:([\w-]+)/g;

/** A signed head as one word, which no chat changes. */
export function headToken(note: string): string {
  return `drawbridge-head:${Buffer.from(note).toString('base64url')}`;
}

/** The signed heads in a text, and what looks like one: as words, as notes one below the other, or as lines of files with records. */
export function notesIn(given: string): readonly string[] {
  // As another system keeps a text: a mark before it, and other line ends. What somebody wrote into a record is no head.
  const text = given
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n')
    .replace(RECORD, '');
  const words = [...text.matchAll(TOKEN)].map(([, coded = '']) => Buffer.from(coded, 'base64url').toString('utf8'));
  const lines = [...text.matchAll(LINE)].map(([, coded = '']) => textIn(coded));
  return [...words, ...lines, ...text.split(new RegExp(`(?=^${KIND}$)`, 'm')).filter((part) => part.startsWith(KIND))];
}

function textIn(json: string): string {
  try {
    return JSON.parse(json) as string;
  } catch {
    return json;
  }
}

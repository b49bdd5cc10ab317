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

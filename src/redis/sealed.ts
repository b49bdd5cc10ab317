import { z } from 'zod';
import type { Sealer } from '../core/rule/seal.ts';

/** Texts that count only where this installation wrote them: whoever can write to Redis writes none. */
export interface Sealed {
  /** The value as it is kept. `what`: where, and as what; the same text is good for nothing else. */
  seal(what: string, value: object): string;
  /** Undefined where nobody here wrote it, for this. */
  open(what: string, kept: string): unknown;
}

const schema = z.object({ text: z.string(), seal: z.string() });

export function sealedBy(seals: Sealer): Sealed {
  return {
    seal(what, value) {
      const text = JSON.stringify(value);
      return JSON.stringify({ text, seal: seals.sign(`${what} ${text}`) });
    },
    open(what, kept) {
      const read = schema.safeParse(asJson(kept));
      const isOurs = read.success && seals.verify(`${what} ${read.data.text}`, read.data.seal);
      return isOurs ? asJson(read.data.text) : undefined;
    },
  };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

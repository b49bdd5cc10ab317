import { expect } from 'vitest';
import type { Phrase } from '../../src/core/language/text.ts';
import { english, isSaid } from './english.ts';

// What is still to be said in somebody's language equals its English.
expect.addEqualityTesters([
  (one: unknown, other: unknown) => {
    if (isSaid(one) && typeof other === 'string') return english(one as Phrase) === other;
    if (isSaid(other) && typeof one === 'string') return english(other as Phrase) === one;
    return undefined;
  },
]);

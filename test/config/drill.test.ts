import { expect, it } from 'vitest';
import { edited, faultsOf, SMALL } from './files.ts';

it('is for machines that bear its tags as they are written', () => {
  const withTag = (text: string) => faultsOf(edited(SMALL, 'policies:', `drill: { tag: ${text} }\npolicies:`));
  expect(withTag('{ drawbridge: sandbox }')).toEqual([]);
  expect(withTag('{ drawbridge: "sand*" }')).toEqual([
    'drill.tag: must have values without *: a drill is for machines that are tagged for it, one by one (line 7)',
  ]);
});

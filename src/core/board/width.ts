import { familyOf, isGroup, prefixLength } from '../rule/source.ts';

/** A security group lets in whoever bears it: counted as a network of 256 addresses. */
const GROUP_WIDTH = 9;

/**
 * How much a source counts: 1 for one address (of IPv6: the /64 of one network), and one more for each time it doubles. A /24 is 9,
 * the whole Internet 33.
 */
export function widthOf(source: string): number {
  if (isGroup(source)) return GROUP_WIDTH;
  const [bits, own] = [familyOf(source) === 'ipv4' ? 32 : 64, prefixLength(source)];
  return 1 + Math.max(0, bits - own);
}

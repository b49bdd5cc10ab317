import type { Link } from '../../src/core/evidence/chain.ts';
import { rowOf } from '../../src/core/evidence/row.ts';

/** What is sent of a record: its fields, and the record itself with its place in the chain, to be verified there too. */
export function sentOf(link: Link) {
  return { ...rowOf(link), head: link.head, record: link.record };
}

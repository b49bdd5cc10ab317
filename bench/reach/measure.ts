import { evaluate, type InstanceInterface, waysInto } from '../../adapters/aws/index.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { ratio } from '../spread.ts';
import { interfacesFor } from './data.ts';

const SSH = { number: 22, protocol: 'tcp' } as const;
const DIFFERENT = 10_000;

/** Who gets to a port through groups and network ACLs, beside the plainest loop over the same data. */
export async function measureReach({ quick }: Effort): Promise<Measurement> {
  const [topologies, rounds] = quick ? [5_000, 3] : [100_000, 5];
  const all = interfacesFor(Math.min(topologies, DIFFERENT));
  const [ours, plain]: [number[], number[]] = [[], []];
  const open = { ours: 0, plain: 0 };
  const each = Math.ceil(topologies / rounds);
  const sides = [
    { is: isOpen, us: ours, name: 'ours' },
    { is: isOpenPlainly, us: plain, name: 'plain' },
  ] as const;
  for (let round = 0; round < rounds; round += 1)
    for (const { is, us, name } of round % 2 === 0 ? sides : sides.toReversed()) {
      const from = performance.now();
      for (let i = 0; i < each; i += 1) {
        const nic = all[(round * each + i) % all.length];
        if (nic && is(nic)) open[name] += 1;
      }
      us.push(((performance.now() - from) * 1_000) / each);
    }
  if (open.ours !== open.plain) throw new Error(`they differ: ${open.ours} and ${open.plain} are open`);
  return {
    title: `${topologies.toLocaleString('en-US')} topologies`,
    how:
      `${topologies.toLocaleString('en-US')} interfaces, ${all.length.toLocaleString('en-US')} of them different: one to four groups with one to six rules each, and a network ACL with up to ` +
      'four entries. Drawbridge’s evaluation says of every address whether it gets to port 22, through which rules, and what is ' +
      'not known. The plain loop compares port numbers and stops at the first rule that fits: is it open to anybody? Both find the same ones open.',
    rows: [
      { what: 'Drawbridge, each topology', unit: 'µs', values: ours },
      { what: 'the plain loop, each topology', unit: 'µs', values: plain },
    ],
    // A ratio is said, and none is asked for: the loop answers less.
    goals: [],
    notes: [
      `Each topology takes ${ratio(ours, plain).value.toFixed(0)} times what the plain loop takes: sets of addresses are built, joined and cut with the ACL’s, and each part keeps the rules that let it in. 1,000 machines take ${((1_000 * Math.min(...ours)) / 1_000).toFixed(0)} ms in the best round.`,
      `${((100 * open.ours) / (each * rounds)).toFixed(1)}% are open to somebody.`,
    ],
  };
}

function isOpen(nic: InstanceInterface): boolean {
  const way = waysInto(nic, SSH).find(({ kind }) => kind === 'internet');
  return way !== undefined && evaluate(nic, way, SSH).open.length > 0;
}

/** The first entry of the ACL that fits, then any rule of any group. */
function isOpenPlainly({ acl, groups }: InstanceInterface): boolean {
  if (!('is' in acl)) throw new Error('unread');
  const first = acl.is.inbound.find(
    ({ protocol, from = 0, to = 65_535 }) => (protocol === '-1' || protocol === '6') && from <= 22 && 22 <= to,
  );
  if (!first?.allows) return false;
  return groups.some(
    (group) =>
      'is' in group &&
      group.is.rules.some(({ protocol, from = 0, to = 65_535 }) => protocol === 'tcp' && from <= 22 && 22 <= to),
  );
}

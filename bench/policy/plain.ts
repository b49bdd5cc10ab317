import type { Policy } from '../../src/core/policy/policy.ts';
import type { Wish } from '../../src/core/policy/wish.ts';

/** The plainest loop over the same data: the first policy whose group, tags, name, and port fit, and whether the time does. */
export function plainly(policies: readonly Policy[], wish: Wish): boolean {
  const [port] = wish.ports;
  for (const { who, machines, ports, longestMs } of policies) {
    if (!who.some((one) => wish.person.groups.includes(one.slice('group:'.length)))) continue;
    if (!Object.entries(machines.tags).every(([key, value]) => wish.machine.tags[key] === value)) continue;
    if (machines.names.length > 0 && !machines.names.some((one) => wish.machine.name.startsWith(one.slice(0, -1))))
      continue;
    if (!ports.some(({ number }) => number === port?.number)) continue;
    return wish.forMs <= longestMs;
  }
  return false;
}

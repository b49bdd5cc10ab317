import type { Port } from '../../../src/core/rule/port.ts';
import type { StandingRule } from '../../../src/core/rule/rule.ts';
import { waysBehind } from '../firewall/judge.ts';
import { innerPrefix } from '../firewall/names.ts';
import type { Walls } from '../firewall/wall.ts';
import { waysTo } from './evaluate.ts';
import type { ArmId } from './ids.ts';
import type { Face } from './machine.ts';
import type { NsgRule } from './nsg-rules.ts';

/** One group in front of an interface, with its rules in the order in which they are judged. */
export interface NamedGate {
  readonly group: ArmId | undefined;
  readonly rules: readonly NsgRule[];
}

/** What is known of what stands in front of a machine. */
export interface Guarded {
  readonly installation: string;
  readonly walls: Walls;
  isOurs(group: ArmId | undefined, name: string): boolean;
}

/** What opens these ports of an interface, our own rules left aside. */
export function waysInto(
  face: Face,
  gates: readonly NamedGate[],
  ports: readonly Port[],
  { installation, walls, isOurs }: Guarded,
): readonly StandingRule[] {
  const without = (isLeft: (group: ArmId | undefined, name: string) => boolean) =>
    gates.map(({ group, rules }) => rules.filter(({ name }) => !isLeft(group, name)));
  const own = without(isOurs);
  const wall = walls.get(face.nic);
  const prefix = innerPrefix(installation);
  const opened = without((group, name) => isOurs(group, name) && !name.toLowerCase().startsWith(prefix));
  return face.addresses.flatMap((address) =>
    ports.flatMap((port) => (wall ? waysBehind(wall, { own, opened }, address, port) : waysTo(own, address, port))),
  );
}

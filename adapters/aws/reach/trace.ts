import type { TraceStep } from '../../../src/core/machine/trace.ts';
import { addressesIn, everyAddress, readAddresses } from '../../../src/core/packet/addresses.ts';
import type { Answered } from '../../../src/core/packet/answers.ts';
import { intersection, isWithin } from '../../../src/core/packet/ranges.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { answersOut, passesIn } from './acl.ts';
import type { SubnetFacts, WayToInstance } from './model.ts';
import { answersBy } from './routes.ts';

const ACL = 'An entry of that network ACL has to allow it; Drawbridge changes none.';
const ROUTE = 'A route of its subnet has to lead back; Drawbridge changes no routes.';

/** What a packet from a source meets at the subnet: its network ACL on the way in, and on the way back ACL and routes. */
export function subnetSteps(
  { acl, routes, prefixes }: SubnetFacts,
  { port, source }: { readonly port: Port; readonly source: string },
  kind: WayToInstance['kind'],
): readonly TraceStep[] {
  const wanted = readAddresses(source);
  if (!wanted) return [];
  const { family, set } = wanted;
  const all = everyAddress(family);
  const way = backStep(
    'routes of its subnet',
    'is' in routes ? answersBy(routes.is, kind, family, set) : routes.unknown,
    ROUTE,
  );
  // Between two interfaces of one subnet no ACL is asked ("Network ACLs").
  const isNear = 'is' in prefixes && isWithin(set, addressesIn(prefixes.is, family).set);
  if (isNear && kind === 'network') return way;
  if ('unknown' in acl)
    return [{ at: 'network ACL', passing: 'unknown', because: `${acl.unknown} could not be read` }, ...way];
  const at = `network ACL ${acl.is.id}`;
  const passed = intersection(set, passesIn(acl.is, family, port, all));
  const inward: TraceStep = isWithin(set, passed)
    ? { at, passing: 'passes', because: 'its entries let it in' }
    : passed.length > 0
      ? { at, passing: 'unknown', because: 'its entries let in a part of these addresses' }
      : { at, passing: 'stopped', because: 'its entries do not let it in', remedy: ACL };
  return [inward, ...backStep(at, answersOut(acl.is, family, port, set), ACL), ...way];
}

/** Of the way back only what is in the way is told. */
function backStep(at: string, answered: readonly Answered[] | string, remedy: string): readonly TraceStep[] {
  if (typeof answered === 'string') return [{ at, passing: 'unknown', because: `${answered} could not be read` }];
  return answered
    .filter(({ back }) => back !== 'yes')
    .slice(0, 1)
    .map(({ back, because = 'answers do not get back' }) =>
      back === 'no' ? { at, passing: 'stopped', because, remedy } : { at, passing: 'unknown', because },
    );
}

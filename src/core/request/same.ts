import type { Instant } from '../language/instant.ts';
import { portText } from '../rule/port.ts';
import { isInForce, type Request } from './request.ts';

/** What two requests have in common that ask for the same. */
type Alike = Pick<Request, 'requester' | 'machine' | 'ports' | 'source'>;

/** Who asks for which ports of which machine from where, as one text: equal for what asks for the same, in whatever words. */
export function samenessOf({ requester, machine, ports, source }: Alike): string {
  return JSON.stringify([requester.id, machine, ports.map(portText).toSorted(), source]);
}

/** Whoever asks for the same again has it, or waits for it already: it is pending, or in force with its end to come. */
export function isStanding(request: Request, now: Instant): boolean {
  return request.status === 'pending' || (isInForce(request) && request.lease.until > now);
}

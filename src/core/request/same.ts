import type { Instant } from '../language/instant.ts';
import { portText } from '../rule/port.ts';
import { isInForce, type Request } from './request.ts';

/** What two requests have in common that ask for the same. */
type Alike = Pick<Request, 'requester' | 'machine' | 'ports' | 'source' | 'startsAt'>;

/** Who asks for which ports of which machine from where, as one text: equal for what asks for the same, in whatever words. */
export function samenessOf({ requester, machine, ports, source, startsAt }: Alike): string {
  const start = startsAt === undefined ? [] : [startsAt];
  return JSON.stringify([requester.id, machine, ports.map(portText).toSorted(), source, ...start]);
}

/** May a second request like it give way to it, as long as its end has not come? */
export function stands(request: Request): boolean {
  return request.status === 'pending' || request.status === 'scheduled' || isInForce(request);
}

/** Whoever asks for the same again has it, or waits for it already: it is pending or scheduled, or in force with its end to come. */
export function isStanding(request: Request, now: Instant): boolean {
  return stands(request) && !(isInForce(request) && request.lease.until <= now);
}

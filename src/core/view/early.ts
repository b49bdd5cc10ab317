import { SECOND_MS } from '../language/instant.ts';
import { lasting, say } from '../language/say.ts';
import type { Line } from '../language/text.ts';
import { CLOUD_NAMES, cloudOf } from '../machine/machine.ts';
import { isInForce, type Request } from '../request/request.ts';

/** That it ends before the approved end, as the cloud could not close all that ends then in time; empty where it does not. */
export function earlyLine(request: Request): Line {
  const { early, machine } = request;
  if (!early || !(request.status === 'scheduled' || isInForce(request))) return [];
  const { until, insteadOf, others } = early;
  const cloud = CLOUD_NAMES[cloudOf(machine)];
  const by = lasting(Math.max(insteadOf - until, SECOND_MS));
  return [
    say`Ends ${by} before the approved ${{ at: insteadOf }}: ${others} others end then, and ${cloud} closes only so many at once.`,
  ];
}

import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';

/** What is wrong with the ways to be told that need no chat. */
export function alarmFaults({ alarms: given }: Known): readonly Fault[] {
  const { webhooks = [] } = given ?? {};
  return webhooks.flatMap((one, i): readonly Fault[] => {
    const path = ['alarms', 'webhooks', i];
    const isTwice = one?.name !== undefined && webhooks.slice(0, i).some((other) => other?.name === one.name);
    const hasOne = (one?.url === undefined) !== (one?.secretUrl === undefined);
    return [
      ...(isTwice ? [{ path: [...path, 'name'], message: `${one.name} is listed twice` }] : []),
      ...(hasOne ? [] : [{ path, message: 'must have exactly one of url and secretUrl' }]),
    ];
  });
}

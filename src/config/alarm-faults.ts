import type { Fault } from './fault.ts';
import type { Known } from './lenient.ts';
import { isLoopbackHost } from './loopback.ts';

/** What is wrong with the ways to be told that need no chat. */
export function alarmFaults({ alarms: given }: Known): readonly Fault[] {
  const { webhooks = [], mails = [] } = given ?? {};
  const twice = (name: string | undefined, others: readonly ({ name?: string | undefined } | undefined)[]) =>
    name !== undefined && others.some((other) => other?.name === name) ? [`${name} is listed twice`] : [];
  return [
    ...webhooks.flatMap((one, i): readonly Fault[] => {
      const path = ['alarms', 'webhooks', i];
      const hasOne = (one?.url === undefined) !== (one?.secretUrl === undefined);
      return [
        ...twice(one?.name, webhooks.slice(0, i)).map((message) => ({ path: [...path, 'name'], message })),
        ...(hasOne ? [] : [{ path, message: 'must have exactly one of url and secretUrl' }]),
      ];
    }),
    ...mails.flatMap((one, i): readonly Fault[] => {
      const path = ['alarms', 'mails', i];
      const isBare = one?.tls === 'none' && one.host !== undefined && !isLoopbackHost(one.host);
      const isHalf = one !== undefined && (one.user === undefined) !== (one.password === undefined);
      return [
        ...twice(one?.name, [...webhooks, ...mails.slice(0, i)]).map((message) => ({
          path: [...path, 'name'],
          message,
        })),
        ...(isBare
          ? [{ path: [...path, 'tls'], message: 'must be starttls or implicit, unless the host is this computer' }]
          : []),
        ...(isHalf ? [{ path, message: 'must have both user and password, or neither' }] : []),
      ];
    }),
  ];
}

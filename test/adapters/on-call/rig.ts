import { onCallSchedules } from '../../../adapters/on-call/index.ts';
import { outgoing } from '../../../adapters/outgoing/index.ts';
import { outgoingRules } from '../../../src/config/outgoing.ts';
import { schedulesOf, urlsOf } from '../../../src/config/schedules.ts';
import type { JitError } from '../../../src/core/errors/errors.ts';
import type { Person } from '../../../src/core/people/person.ts';
import { ENDLESS } from '../../../src/kit/time-limit.ts';
import { configOf, edited, SMALL } from '../../config/files.ts';

export const ADA: Person = { id: 'ada', name: 'Ada', groups: [] };
export const GRACE: Person = { id: 'grace', name: 'Grace', groups: [] };
export const LEFT: Person = { id: 'left', name: 'Left', groups: [], disabled: true };

/** The addresses that the directory knows. */
const MAILS = new Map([
  ['ada@example.com', ADA],
  ['grace@example.com', GRACE],
  ['left@example.com', LEFT],
]);

/** The schedules of `onCall` in YAML, asked at `now`. */
export function schedulesIn(yaml: string, now: () => number) {
  const config = configOf(
    edited(SMALL, 'policies:', `outgoing: { private: [127.0.0.0/8] }\nonCall: ${yaml}\npolicies:`),
  );
  const logged: unknown[] = [];
  const made = onCallSchedules(schedulesOf(config.onCall), {
    call: outgoing(outgoingRules(config.outgoing, urlsOf(config.onCall))),
    directory: {
      byId: async (id) => [ADA, GRACE, LEFT].find((one) => one.id === id),
      find: async (mail) => MAILS.get(mail),
    },
    now,
    log: { info: () => undefined, warn: (fields) => logged.push(fields), error: () => undefined },
  });
  return {
    logged,
    made,
    now: (name: string) => made.now(name, ENDLESS),
    error: (name: string): Promise<JitError> =>
      made.now(name, ENDLESS).then(
        () => Promise.reject(new Error('no error')),
        (error) => error,
      ),
  };
}

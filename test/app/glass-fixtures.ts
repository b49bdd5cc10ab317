import type { Deps } from '../../src/app/deps.ts';
import { breakGlass } from '../../src/app/glass/break.ts';
import type { Ask } from '../../src/core/language/command.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { BreakGlass } from '../../src/core/policy/policy.ts';
import type { Request } from '../../src/core/request/request.ts';
import type { Report } from '../../src/core/view/report.ts';
import { ADA, GRACE, SENDER, world } from './fixtures.ts';

/** Reviews, as one of a group. */
export const LIN: Person = { id: 'lin', name: 'Lin', slack: 'U3', address: '203.0.113.8/32', groups: ['reviewers'] };
/** `security`. */
export const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U4', groups: [] };

export const RULE: BreakGlass = {
  name: 'incidents',
  who: ['person:ada'],
  machines: { names: ['*'], tags: {} },
  ports: [{ number: 22, protocol: 'tcp' }],
  widest: { ipv4: 32, ipv6: 128 },
  anySource: false,
  bastion: false,
  cutSessions: false,
  longestMs: 3_600_000,
  stages: [],
  extendSelfUpToMs: 0,
  unansweredMs: 0,
  tell: [{ chat: 'slack', kind: 'channel', id: 'CGLASS' }],
  review: { by: ['group:reviewers'], withinMs: 3 * 86_400_000, isBar: false },
};

export const GLASS_ASK: Ask = { machine: 'api-1', ports: [], justification: 'the shop is down' };

/** A house with a rule for Ada, reviewers, `security` and operators. */
export function glassWorld(patch: Partial<BreakGlass['review']> = {}) {
  const here = world({ people: [ADA, GRACE, LIN, SAM] });
  const rules: Deps['rules'] = {
    ...here.deps.rules,
    breakGlass: [{ ...RULE, review: { ...RULE.review, ...patch } }],
    security: ['person:sam'],
    operators: [{ chat: 'slack', kind: 'channel', id: 'COPS' }],
  };
  const deps: Deps = { ...here.deps, rules };
  const page = async (of = deps): Promise<Report> => {
    const done = await breakGlass(of, ADA, GLASS_ASK, { ...SENDER, key: 'page' });
    if (!('page' in done)) throw new Error('there is no page');
    return done.page;
  };
  const code = async (of = deps) => /confirm (\w{6})/.exec(JSON.stringify(await page(of)))?.[1] ?? '';
  /** Breaks it, with both presses. */
  const broken = async (of = deps, key = 'k1'): Promise<Request> => {
    const done = await breakGlass(of, ADA, { ...GLASS_ASK, confirm: await code(of) }, { ...SENDER, key });
    if (!('request' in done)) throw new Error('it was not broken');
    return done.request;
  };
  return { ...here, deps, page, code, broken };
}

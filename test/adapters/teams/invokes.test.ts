import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { checkCard } from '../../../simulators/teams/card-check.ts';
import { people } from '../../../simulators/world.ts';
import { VERBS } from '../../../src/core/view/view.ts';
import { often } from '../../setup/lane.ts';
import { teamsHarness, viewFor } from './harness.ts';

const { requester: ada } = people;
const h = teamsHarness({ callMs: 5_000, invokeMs: 4_000 });

const NAMES = [
  'adaptiveCard/action',
  'application/search',
  'composeExtension/fetchTask',
  'composeExtension/submitAction',
];
const OTHERS = [
  'composeExtension/query',
  'task/fetch',
  'task/submit',
  'tab/fetch',
  'config/fetch',
  'signin/verifyState',
];
const OWN = ['view', 'page', 'card', 'command', 'submitForm', 'followForm', 'askProtector', 'submitPorts'];

/** Values of every shape, among them what our own buttons have. */
const value = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 2 ** 53, '', 'x'.repeat(5_000), 'k7m2p9q', 'home', '\u202e', '{{TIME(x)}}', []),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer(),
);
const data = fc.dictionary(
  fc.constantFrom('r', 'v', 'n', 'w', 'p', 'c', 'f', 'g', 'm', 'machine', 'ports', 'reason', 'verb', '__proto__', 'x'),
  value,
  { maxKeys: 9 },
);
const action = fc.record(
  {
    type: fc.constantFrom('Action.Execute', 'Action.Submit', ''),
    verb: fc.oneof(fc.constantFrom(...VERBS, ...OWN, 'toString', ''), value),
    data: fc.oneof(data, value),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.record(
    { action: fc.oneof(action, value), trigger: fc.oneof(fc.constant('automatic'), value) },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      commandId: fc.oneof(fc.constant('request'), value),
      data: fc.oneof(data, value),
      messagePayload: fc.oneof(
        value,
        fc.record({ body: fc.oneof(value, fc.record({ content: value })), linkToMessage: value }),
      ),
    },
    { requiredKeys: [] },
  ),
  fc.record({ dataset: fc.constantFrom('machines', 'x'), queryText: value, queryOptions: fc.record({ skip: value }) }),
  value,
);
const invoke = fc.record({ name: fc.oneof(fc.constantFrom(...NAMES, ...OTHERS), fc.string({ maxLength: 30 })), body });

/** What is wrong with an answer, as a client that asked so shows it. */
function fault(name: string, { status, body: said }: { readonly status: number; readonly body: unknown }): string {
  if (status !== 200) return `status ${status}`;
  const all = (said ?? {}) as Record<string, Record<string, unknown>>;
  if (name.startsWith('composeExtension/query')) return all.composeExtension?.text ? '' : 'no words';
  if (/^(?:composeExtension|task)\//.test(name)) {
    const { type, value: shown } = (all.task ?? {}) as { readonly type?: string; readonly value?: unknown };
    if (type === 'message') return typeof shown === 'string' && shown !== '' ? '' : 'no words';
    const { card } = (shown ?? {}) as { readonly card?: { readonly content: unknown } };
    return type === 'continue' ? checkCard(card?.content).join() : 'no task';
  }
  const { type, value: shown } = said as { readonly type?: string; readonly value?: { readonly results?: unknown } };
  if (type?.endsWith('activity.message')) return typeof shown === 'string' && shown !== '' ? '' : 'no words';
  if (type?.endsWith('card.adaptive')) return checkCard(shown).join();
  if (type?.endsWith('searchResponse')) return Array.isArray(shown?.results) ? '' : 'no results';
  return type?.endsWith('microsoft.error') ? '' : `type ${type}`;
}

describe('an invoke of any kind', () => {
  it('is answered as its client shows it, twice the same, done once, and prints nothing', async () => {
    h.inbox.answer = { lines: [['Done.']], refused: false, view: viewFor() };
    await h.sim.say(ada.entraId, 'personal', 'hi');
    await h.eventually(() => (h.chatOf(ada.entraId).length > 1 ? true : undefined));
    const printed = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(process.stderr, 'write')];
    await fc.assert(
      fc.asyncProperty(invoke, fc.boolean(), async ({ name, body: given }, isElsewhere) => {
        const person = h.sim.person(ada.entraId);
        const draft = isElsewhere
          ? h.sim.drafts.extension(person, name, given as never)
          : { ...h.invokeOf(ada.entraId, '1', {}), name, value: given };
        const before = h.inbox.presses.length + h.inbox.submits.length + h.inbox.commands.length;
        const first = await h.sim.deliver(draft);
        const done = h.inbox.presses.length + h.inbox.submits.length + h.inbox.commands.length;
        expect([name, given, fault(name, first)]).toEqual([name, given, '']);
        expect(await h.sim.deliver(draft)).toEqual(first);
        expect(h.inbox.presses.length + h.inbox.submits.length + h.inbox.commands.length).toBe(done);
        expect(done - before).toBeLessThanOrEqual(1);
      }),
      { numRuns: often(150, 1_500) },
    );
    for (const spy of printed) expect(spy.mock.calls).toEqual([]);
    vi.restoreAllMocks();
  });
});

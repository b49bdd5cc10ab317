import { JitError, keptSpans } from '../../core/errors/errors.ts';

import { lasting, say } from '../../core/language/say.ts';
import type { Line, Phrase } from '../../core/language/text.ts';
import type { Machine } from '../../core/machine/machine.ts';
import type { ProtectedPort, Protection } from '../../core/machine/protection.ts';
import type { Person } from '../../core/people/person.ts';
import { ownersTags, type Quorum } from '../../core/policy/approval.ts';
import { decidersWords } from '../../core/policy/deciders.ts';
import { allowsSource, coverage } from '../../core/policy/judge.ts';
import { chainsOf } from '../../core/policy/needs.ts';
import { type Policy, policiesFor } from '../../core/policy/policy.ts';
import { type Port, portText, samePort } from '../../core/rule/port.ts';
import { sourceText } from '../../core/rule/source.ts';
import { listed } from '../../core/view/words.ts';
import type { FormAbout } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { usualMs } from '../request/asked-for.ts';
import { decisions } from '../request/decisions.ts';

/** What of a form follows from the machine that is chosen. */
export interface OnMachine {
  readonly ports: readonly Port[];
  readonly longestMs: number;
  /** Names of sources that may be asked from. */
  readonly names: readonly string[];
  readonly about: FormAbout;
}

/** A policy with a port that it covers here. */
interface Offer {
  readonly port: Port;
  readonly policy: Policy;
}

/**
 * What this person may ask for on this machine: ports that are protected now, for how long, from where, and who would be asked.
 * It only shows; what is sent is judged anew. What cannot be read is said in a sentence, and the form goes on without it.
 */
export async function onMachine(
  deps: Deps,
  person: Person,
  machine: Machine,
  { source, isBreakGlass }: { readonly source?: string | undefined; readonly isBreakGlass: boolean },
): Promise<OnMachine> {
  const offers = coverage(policiesFor(deps.rules.policies, person, machine));
  const signal = answerInTime();
  const { protection, unread } = await protectionOf(deps, machine, signal);
  const open = unread === undefined ? offers.filter(({ port }) => limitOf(protection, port)) : offers;
  const offered = open.length > 0 ? open : offers;
  const longestMs = Math.max(...offered.map(({ port, policy }) => longestOf(policy, protection, port)));
  const lines = [
    ...(isBreakGlass || open.length === 0 ? [] : await deciders(deps, { person, machine, offered, source }, signal)),
    ...(open.length === 0 ? [] : [[say`At most ${lasting(longestMs)} in all.`]]),
    ...from(offered, protection),
    ...(unread === undefined ? protectedText(machine, offers, open) : [unread]),
  ];
  const isUnprotected = open.length === 0 && !isBreakGlass && deps.rules.protectors.length > 0;
  const names = [...deps.rules.sources].flatMap(([name, prefixes]) =>
    offered.some(({ policy }) => prefixes.some((one) => allowsSource(policy, one))) ? [name] : [],
  );
  const about = { lines, ...(isUnprotected ? { isUnprotected: true as const } : {}) };
  return { ports: offered.map(({ port }) => port), longestMs, names, about };
}

type Read = { readonly protection?: Protection | undefined; readonly unread?: Line };

async function protectionOf(deps: Deps, { id, name }: Machine, signal: AbortSignal): Promise<Read> {
  try {
    return { protection: (await cloudFor(deps, id).look(id, signal)).protection };
  } catch (error) {
    deps.log.warn({ machine: id, error }, 'a form does not say what is protected');
    const why = error instanceof JitError ? keptSpans(error) : [say`It did not answer in time.`];
    return { unread: [say`What is protected on ${name} cannot be read now. ${why}`] };
  }
}

function limitOf(protection: Protection | undefined, port: Port): ProtectedPort | undefined {
  return protection?.ports.find((own) => samePort(own.port, port));
}

function longestOf({ longestMs }: Policy, protection: Protection | undefined, port: Port): number {
  return Math.min(longestMs, limitOf(protection, port)?.longestMs ?? longestMs);
}

/** Whom a request for the first port would ask, as everything is now. */
async function deciders(
  deps: Deps,
  { person, machine, offered, source }: Asking,
  signal: AbortSignal,
): Promise<readonly Line[]> {
  const [first] = offered;
  if (!first) return [];
  const { port, policy } = first;
  const { at: now } = await deps.store.now();
  const wish = {
    ...{ person, machine, ports: [port], source: source ?? NO_SOURCE, now, forMs: usualMs([policy], [port]) },
    ...{ isBastion: false, cutsSessions: true },
  };
  const about = {
    policies: [policy],
    chains: chainsOf([policy], wish),
    requester: person,
    tags: ownersTags(machine, [policy]),
  };
  try {
    const decided = await decisions(deps, { ...about, askedBy: undefined, reviews: [], now, askedAt: now }, signal);
    const { against, quorum, approvers } = decided;
    const isOneOfMore = offered.some((one) => one.policy !== policy);
    const words = isOneOfMore ? [say`Port ${portText(port)}: `] : [];
    if (against.length > 0) return against.slice(0, 1).map(({ sentence }) => [...words, sentence]);
    if (quorum.length === 0) return [[say`${words}Opens without a decision.`]];
    const asks: Line = approvers.length > 0 ? [say`Asks ${listed(approvers, 'or')}.`] : [say`Nobody can be asked now.`];
    return [
      [...words, ...asks, ...quorum.filter(({ isLater }) => isLater).map((one) => say` Then ${stageText(one)}.`)],
    ];
  } catch (error) {
    deps.log.warn({ machine: machine.id, error }, 'a form does not say who would be asked');
    return [[say`Who would be asked cannot be told now.`]];
  }
}

interface Asking {
  readonly person: Person;
  readonly machine: Machine;
  readonly offered: readonly Offer[];
  readonly source: string | undefined;
}

/** Kept for documents (RFC 5737): in no list of what needs no decision. */
const NO_SOURCE = '192.0.2.1/32';

function stageText({ needs, from }: Quorum): Phrase {
  return needs > 1 ? say`${needs} of ${decidersWords(from)}` : decidersWords(from);
}

/** Where it may be asked from, where that is limited. */
function from(offered: readonly Offer[], protection: Protection | undefined): readonly Line[] {
  const lists = offered.flatMap(({ port, policy }) => [
    ...(policy.sources ? [policy.sources.map((one) => one.sourceName ?? sourceText(one.source))] : []),
    ...(limitOf(protection, port)?.sources.length ? [limitOf(protection, port)?.sources.map(sourceText) ?? []] : []),
  ]);
  const each = [...new Set(lists.map((one) => [...new Set(one)].join(' or ')))];
  return each.length > 0 ? [[say`Only from ${each.join(', and ')}.`]] : [];
}

function protectedText({ name }: Machine, offers: readonly Offer[], open: readonly Offer[]): readonly Line[] {
  const closed = offers.filter((one) => !open.includes(one)).map(({ port }) => portText(port));
  if (closed.length === 0) return [];
  if (open.length > 0) return [[say`Not protected, so not offered: ${closed.join(', ')}.`]];
  return [
    [say`${name} is not protected at what you may request (${closed.join(', ')}): nothing can be opened there yet.`],
  ];
}

import { durationText } from '../language/duration.ts';
import type { Line, Span } from '../language/text.ts';
import { cloudOf } from '../machine/machine.ts';
import { REMIND_MS, remindAt } from '../request/life.ts';
import type { Proof, Request, Review, Who } from '../request/request.ts';
import { isInForce } from '../request/workflow.ts';
import { portLabel, portText } from '../rule/port.ts';
import { isAny, sourceText } from '../rule/source.ts';
import type { Button, Tone, View } from './view.ts';

/** After so many tries in vain a card is an alarm; closing is announced then, and again at each doubling. */
const LOUD_AFTER = 3;

/** Ends that leave nobody anything to do: for a shared rule the other lease takes care. */
const SETTLED: ReadonlySet<Proof['verdict']> = new Set(['closed', 'shared']);

/** One request as people see it, from its newest state alone. The same for every place: buttons carry no authority. */
export function viewOf(request: Request): View {
  const { tone, status } = standing(request);
  const { announce, headline } = milestone(request);
  const until = request.lease && isInForce(request.status) ? { until: request.lease.until } : {};
  return {
    request: request.id,
    version: request.version,
    tone,
    title: `${request.requester.name} asks for access to ${request.machineName}`,
    status,
    facts: facts(request),
    justification: request.justification,
    notes: notes(request),
    buttons: buttons(request),
    announce,
    headline,
    ...until,
  };
}

function standing(request: Request): { readonly tone: Tone; readonly status: Line } {
  const { lease, ending, trouble } = request;
  switch (request.status) {
    case 'pending':
      return { tone: 'waiting', status: ['Waiting for a decision until ', { at: request.answerBy }] };
    case 'denied':
      return { tone: 'refused', status: ['Denied by ', ...last(request, 'deny')] };
    case 'withdrawn':
      return { tone: 'refused', status: ['Withdrawn by ', who(request.requester)] };
    case 'expired':
      return { tone: 'refused', status: ['Expired: nobody answered in time'] };
    case 'activating':
      return {
        tone: trouble && trouble.tries >= LOUD_AFTER ? 'alarm' : 'opening',
        status: ['Approved by ', ...last(request, 'approve'), '; opening now'],
      };
    case 'active':
      return { tone: 'open', status: ['Open until ', { at: lease?.until ?? 0 }] };
    case 'closing':
      return {
        tone: trouble && trouble.tries >= LOUD_AFTER ? 'alarm' : 'closing',
        status: [...over(request), '; closing now'],
      };
    case 'ended':
      return {
        tone: ending?.why === 'failed' || !SETTLED.has(request.proof?.verdict ?? 'unknown') ? 'alarm' : 'closed',
        status: [...over(request), ': ', ...proofWords(request.proof)],
      };
  }
}

/** Why it is over. */
function over(request: Request): Line {
  const { ending } = request;
  if (ending?.why === 'revoked' && ending.by) return ['Revoked by ', who(ending.by)];
  if (ending?.why === 'failed') return ['Could not be opened'];
  return ['Time is up'];
}

/** What reading the cloud back showed. “closed, proven” is said for nothing less. */
export function proofWords(proof: Proof | undefined): Line {
  const through = proof?.through?.join(', ') ?? 'something else';
  switch (proof?.verdict) {
    case 'closed':
      return ['closed, proven (', { at: proof.at }, ')'];
    case 'open':
      return [`our rule is gone; still open through ${through}`];
    case 'shared':
      return ['over for you; still open through another lease until ', { at: proof.until ?? 0 }];
    default:
      return [`our rule is gone, effective state unknown (${proof?.through?.join(', ') ?? 'not read'})`];
  }
}

function facts(request: Request): View['facts'] {
  const { lease, extension } = request;
  const rows: { label: string; value: Line }[] = [
    { label: 'Machine', value: [request.machineName] },
    { label: request.ports.length > 1 ? 'Ports' : 'Port', value: [request.ports.map(portLabel).join(', ')] },
    { label: 'From', value: [fromText(request)] },
    { label: 'For', value: [durationText(lease ? lease.until - lease.from : request.forMs)] },
    { label: 'Requester', value: [who(request.requester)] },
  ];
  if (request.status === 'pending' && request.asked.length > 0)
    rows.push({ label: 'Asked', value: people(request.asked) });
  const approvals = request.reviews.filter((review) => review.verdict === 'approve');
  if (approvals.length > 0) rows.push({ label: 'Approved', value: people(approvals.map((review) => review.by)) });
  if (lease?.connect && isInForce(request.status)) rows.push({ label: 'Connect to', value: [lease.connect] });
  if (extension) rows.push({ label: 'Extension asked', value: [`${durationText(extension.forMs)} more`] });
  rows.push({ label: 'Policy', value: [request.policy] }, { label: 'Request', value: [request.id] });
  return rows;
}

function fromText({ source, bastion }: Request): string {
  return bastion === undefined ? sourceText(source) : `${sourceText(source)} (Bastion ${bastion})`;
}

function notes(request: Request): readonly Line[] {
  const lines: Line[] = [];
  const denial = request.reviews.find((review) => review.verdict === 'deny');
  if (denial?.reason) lines.push([who(denial.by), `: “${denial.reason}”`]);
  if (request.ending?.say) lines.push([request.ending.say]);
  if (request.bastion !== undefined)
    lines.push([
      `Everyone who may use the Bastion ${request.bastion} can get to the machine then, not only the requester.`,
    ]);
  if (isAny(request.source)) lines.push([`This opens the port to everybody (${request.source}).`]);
  if (request.trouble)
    lines.push([`${request.trouble.say} (try ${request.trouble.tries}, since `, { at: request.trouble.since }, ')']);
  lines.push(...standingNotes(request));
  return lines;
}

/** Each rule of others that keeps a port open, by name: the lease cannot end “closed, proven” while it is there. */
export function standingNotes(request: Pick<Request, 'standing'>): readonly Line[] {
  return request.standing.map((rule) => [
    `${portText(rule.port)} is also open to ${rule.source} through ${rule.through}, which Drawbridge did not write.`,
  ]);
}

const APPROVE: Button = { verb: 'approve', label: 'Approve', style: 'primary' };
const DENY: Button = { verb: 'deny', label: 'Deny', style: 'danger' };

function buttons(request: Request): readonly Button[] {
  const { status, extension, machineName } = request;
  if (status === 'pending') {
    return [APPROVE, DENY, { verb: 'withdraw', label: 'Withdraw', style: 'plain', confirm: 'Withdraw this request?' }];
  }
  if (!isInForce(status)) return [];
  const close: Button = {
    verb: 'revoke',
    label: 'Close now',
    style: 'danger',
    confirm: `Close access to ${machineName} now?`,
  };
  if (extension) return [{ ...APPROVE, label: 'Approve extension' }, { ...DENY, label: 'Deny extension' }, close];
  return status === 'active' ? [{ verb: 'extend', label: 'Extend', style: 'plain' }, close] : [close];
}

/**
 * What becomes of sessions that are open at the end. Azure keeps flows that were allowed ("Network security groups"), unless
 * a group looks at them again when its rules change (`flushConnection` of @azure/arm-network's NetworkSecurityGroup); EC2
 * keeps tracked ones, and a rule from everywhere may leave them untracked ("Security group connection tracking").
 */
function sessionsThen({ machine, source, cutsSessions }: Request): string {
  if (cutsSessions) return 'Open sessions are cut then.';
  const untracked = cloudOf(machine) === 'aws' && isAny(source);
  return untracked ? 'Open sessions may be cut then.' : 'Open sessions go on after that; new ones are refused.';
}

/** What people are notified of, once a place each. The key says which occasion it is. */
function milestone(request: Request): { readonly announce: string; readonly headline: Line } {
  const { lease, extension, trouble } = request;
  const machine = request.machineName;
  const requester = who(request.requester);
  switch (request.status) {
    case 'pending':
      return { announce: 'asked', headline: [requester, ` asks for access to ${machine}.`] };
    case 'denied':
      return {
        announce: 'denied',
        headline: [requester, `: access to ${machine} was denied by `, ...last(request, 'deny'), '.'],
      };
    case 'withdrawn':
      return { announce: 'withdrawn', headline: [requester, ` withdrew the request for ${machine}.`] };
    case 'expired':
      return { announce: 'expired', headline: [requester, `: nobody answered the request for ${machine} in time.`] };
    case 'activating':
      return {
        announce: 'decided',
        headline: [requester, `: access to ${machine} was approved by `, ...last(request, 'approve'), '.'],
      };
    case 'active': {
      const until = lease?.until ?? 0;
      if (extension) {
        const more = durationText(extension.forMs);
        return {
          announce: `extension-${extension.at}`,
          headline: [who(extension.by), ` asks for ${more} more on ${machine}.`],
        };
      }
      const latest = request.timeline.at(-1);
      const warned = request.remindedFor === until;
      const sinceWarning = !warned || (latest !== undefined && lease !== undefined && latest.at >= remindAt(lease));
      if (latest?.event === 'extension denied' && sinceWarning) {
        return {
          announce: `extension-denied-${latest.at}`,
          headline: [
            requester,
            `: more time on ${machine} was denied by `,
            ...last(request, 'deny'),
            '; it stays open until ',
            { at: until },
            '.',
          ],
        };
      }
      if (latest?.event === 'extension unanswered' && sinceWarning) {
        return {
          announce: `extension-unanswered-${latest.at}`,
          headline: [requester, `: nobody answered about more time on ${machine}.`],
        };
      }
      if (warned) {
        const left = durationText(Math.min(REMIND_MS, until - (lease?.from ?? until)));
        return {
          announce: `ending-${until}`,
          headline: [
            requester,
            `: ${machine} closes within ${left} (`,
            { at: until },
            `). ${sessionsThen(request)} Extend or close now on the card.`,
          ],
        };
      }
      return {
        announce: `open-${until}`,
        headline: [
          requester,
          `: ${machine} is open from ${sourceText(request.source)} until `,
          { at: until },
          ', approved by ',
          ...last(request, 'approve'),
          '.',
        ],
      };
    }
    case 'closing': {
      const doublings = trouble && trouble.tries >= LOUD_AFTER ? Math.floor(Math.log2(trouble.tries / LOUD_AFTER)) : -1;
      if (doublings >= 0) {
        return {
          announce: `alarm-${doublings}`,
          headline: [
            `${machine} could not be closed yet, tried ${trouble?.tries} times. ${trouble?.say ?? ''} Drawbridge goes on trying.`,
          ],
        };
      }
      return { announce: 'closing', headline: [requester, `: ${machine}: `, ...over(request), '; closing now.'] };
    }
    case 'ended':
      return {
        announce: 'ended',
        headline: [requester, `: ${machine}: `, ...over(request), ': ', ...proofWords(request.proof), '.'],
      };
  }
}

/** Who approved or denied last: reviews of an extension stand behind those of the request. */
function last(request: Request, verdict: Review['verdict']): Line {
  const review = request.reviews.findLast((one) => one.verdict === verdict);
  return review ? [who(review.by)] : ['policy ', request.policy];
}

function people(list: readonly Who[]): Line {
  return list.flatMap((person, i): Span[] => (i === 0 ? [who(person)] : [', ', who(person)]));
}

export function who(person: Who): Span {
  return { person: person.id, name: person.name };
}

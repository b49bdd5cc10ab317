import { durationText } from '../language/duration.ts';
import type { Line, Span } from '../language/text.ts';
import {
  type Approved,
  extensionOf,
  isApproved,
  isInForce,
  type Proof,
  type Request,
  type Who,
} from '../request/request.ts';
import { portLabel, portText } from '../rule/port.ts';
import { isAny, sourceText } from '../rule/source.ts';
import { milestoneOf } from './milestone.ts';
import type { Button, Tone, View } from './view.ts';
import { LOUD_AFTER, last, over, proofWords, who } from './words.ts';

/** Ends that leave nobody anything to do: for a shared rule the other lease takes care. */
const SETTLED: ReadonlySet<Proof['verdict']> = new Set(['closed', 'shared']);

/** One request as people see it, from its newest state alone. The same for every place: buttons carry no authority. */
export function viewOf(request: Request): View {
  const { tone, status } = standing(request);
  const { announce, headline } = milestoneOf(request);
  const until = isInForce(request) ? { until: request.lease.until } : {};
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
        tone: isLoud(request) ? 'alarm' : 'opening',
        status: ['Approved by ', ...last(request, 'approve'), '; opening now'],
      };
    case 'active':
      return { tone: 'open', status: ['Open until ', { at: request.lease.until }] };
    case 'closing':
      return {
        tone: isLoud(request) ? 'alarm' : 'closing',
        status: [...over(request), '; closing now'],
      };
    case 'ended':
      return {
        tone: request.ending.why === 'failed' || !SETTLED.has(request.proof.verdict) ? 'alarm' : 'closed',
        status: [...over(request), ': ', ...proofWords(request.proof)],
      };
  }
}

function isLoud({ trouble }: Approved): boolean {
  return trouble !== undefined && trouble.tries >= LOUD_AFTER;
}

function facts(request: Request): View['facts'] {
  const lease = isApproved(request) ? request.lease : undefined;
  const extension = extensionOf(request);
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
  if (lease?.connect && isInForce(request)) rows.push({ label: 'Connect to', value: [lease.connect] });
  if (extension) rows.push({ label: 'Extension asked', value: [`${durationText(extension.forMs)} more`] });
  rows.push({ label: 'Policy', value: [request.policies.join(', ')] }, { label: 'Request', value: [request.id] });
  return rows;
}

function fromText({ source, bastion }: Request): string {
  return bastion === undefined ? sourceText(source) : `${sourceText(source)} (Bastion ${bastion})`;
}

function notes(request: Request): readonly Line[] {
  const lines: Line[] = [];
  const denial = request.reviews.find((review) => review.verdict === 'deny');
  if (denial?.reason) lines.push([who(denial.by), `: “${denial.reason}”`]);
  if ('ending' in request && request.ending.why !== 'elapsed' && request.ending.say) lines.push([request.ending.say]);
  if (request.bastion !== undefined)
    lines.push([
      `Everyone who may use the Bastion ${request.bastion} can get to the machine then, not only the requester.`,
    ]);
  if (isAny(request.source)) lines.push([`This opens the port to everybody (${request.source}).`]);
  if (isApproved(request) && request.trouble)
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
  const { status, machineName } = request;
  if (status === 'pending') {
    return [APPROVE, DENY, { verb: 'withdraw', label: 'Withdraw', style: 'plain', confirm: 'Withdraw this request?' }];
  }
  if (!isInForce(request)) return [];
  const close: Button = {
    verb: 'revoke',
    label: 'Close now',
    style: 'danger',
    confirm: `Close access to ${machineName} now?`,
  };
  if (request.extension)
    return [{ ...APPROVE, label: 'Approve extension' }, { ...DENY, label: 'Deny extension' }, close];
  return status === 'active' ? [{ verb: 'extend', label: 'Extend', style: 'plain' }, close] : [close];
}

function people(list: readonly Who[]): Line {
  return list.flatMap((person, i): Span[] => (i === 0 ? [who(person)] : [', ', who(person)]));
}

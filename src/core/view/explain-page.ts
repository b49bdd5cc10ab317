import type { JitError } from '../errors/errors.ts';
import type { Instant } from '../language/instant.ts';
import { commas, lasting, say, semicolons } from '../language/say.ts';
import type { Line } from '../language/text.ts';
import type { Person } from '../people/person.ts';
import type { Quorum } from '../policy/approval.ts';
import { decidersWords } from '../policy/deciders.ts';
import type { Policy } from '../policy/policy.ts';
import { policyVersion } from '../policy/version.ts';
import type { Who } from '../request/review.ts';
import { type Port, portLabel } from '../rule/port.ts';
import { namedSourceWords } from '../rule/source.ts';
import type { Report, Row } from './report.ts';
import { startLine } from './starting.ts';
import { capitalised, listed } from './words.ts';

/** What would be asked for. */
export interface Explained {
  /** Of whoever would have it. */
  readonly name: string;
  /** Who would ask for it, where that is somebody else. */
  readonly askedBy?: Who;
  /** The request that stands for the same already. */
  readonly stands?: string;
  readonly machineName: string;
  readonly ports: readonly Port[];
  readonly source: string;
  readonly sourceName?: string;
  readonly forMs: number;
  /** When it would start; absent: once it is approved. */
  readonly startsAt?: Instant;
}

/** What came of the judgement, as far as it is told. */
export interface Verdicts {
  readonly unsatisfied: readonly JitError[];
  readonly failed: readonly JitError[];
  readonly policies: readonly Policy[];
  readonly quorum: readonly Quorum[];
  readonly approvers: readonly Person[];
  /** Why nobody could tell whether anybody connects, where that is so. */
  readonly usageUntold?: string;
  /** What would judge it without a group of the person, and asks for less. */
  readonly falls: readonly { readonly from: Policy; readonly to: Policy; readonly without: readonly string[] }[];
}

/** A request that nobody asked for yet, explained: would it pass, and by whom. */
export function explanation(asked: Explained, judged: Verdicts): Report {
  const { name, machineName, ports, forMs } = asked;
  const what = say`${ports.map(portLabel).join(', ')} of ${machineName} from ${namedSourceWords(asked)} for ${lasting(forMs)}`;
  const against = [
    ...judged.unsatisfied.map((error) => row(say`No: ${error.spans}`)),
    ...judged.failed.map((error) => row(say`Cannot tell, so no: ${error.spans}`)),
  ];
  const start = startLine(asked);
  const starts = start.length > 0 ? [row(...capitalised(start), '.')] : [];
  const could = against.length === 0 ? [row(say`It could be requested now.`)] : against;
  const passes =
    asked.stands === undefined
      ? could
      : [row(say`It is requested already: request \`${asked.stands}\`. Nobody would be asked again.`)];
  return {
    title: asked.askedBy ? say`${name}, requested by ${asked.askedBy.name}: ${what}` : say`${name}: ${what}`,
    sections: [
      { heading: 'Would it pass?', rows: [...starts, ...passes] },
      ...(judged.policies.length > 0
        ? [{ heading: 'Judged by', rows: [...judged.policies.map(policyRow), ...untoldRows(judged)] }]
        : []),
      ...(judged.policies.length > 0 ? [{ heading: 'Decided by', rows: deciders(judged) }] : []),
      ...(judged.falls.length > 0 ? [{ heading: 'Leaving a group', rows: judged.falls.map(fallRow) }] : []),
    ],
  };
}

function row(...line: Line): Row {
  return { line };
}

/** The first of the file that covers who, machine and port; and what its setting says of the rest. */
function policyRow(policy: Policy): Row {
  const { name, longestMs, because, hours, when, auto } = policy;
  const rest = [
    say`at most ${lasting(longestMs)} in all`,
    ...(because?.ticket ? [say`a ticket that fits the pattern \`${because.ticket.text ?? ''}\` in the reason`] : []),
    ...(because?.leastLetters === undefined ? [] : [say`a reason of at least ${because.leastLetters} letters`]),
    ...(hours ? [say`hours`] : []),
    ...(policy.onBehalf ? [say`others may request for these people`] : []),
    ...(when ? [say`the condition ${when.text}`] : []),
    ...(policy.moveWithin
      ? [say`an open access may move within ${commas(policy.moveWithin.map(namedSourceWords))}`]
      : []),
    ...(policy.endUnusedMs === undefined
      ? []
      : [say`closed early unless somebody connects within ${lasting(policy.endUnusedMs)}`]),
    ...(auto ? [say`without a decision up to ${lasting(auto.upToMs)}`] : []),
  ];
  return row(say`Policy ${name} (version ${policyVersion([policy]) ?? ''}): ${semicolons(rest)}.`);
}

/** A policy closes what nobody uses, and there nobody can tell. */
function untoldRows({ policies, usageUntold }: Verdicts): readonly Row[] {
  if (usageUntold === undefined || policies.every(({ endUnusedMs }) => endUnusedMs === undefined)) return [];
  return [row(say`Whether anybody connects cannot be told (${usageUntold}), so it would stay open until its end.`)];
}

function fallRow({ from, to, without }: Verdicts['falls'][number]): Row {
  return row(
    say`Without the groups that policy ${from.name} names, policy ${to.name} would judge it, which is less strict; ${from.name} has ${without.join(', ')}.`,
  );
}

function deciders({ quorum, approvers }: Verdicts): readonly Row[] {
  if (quorum.length === 0) return [row(say`Nobody: the policy lets it in without a decision.`)];
  const stages = quorum.map(({ needs, from, stage, policy }) =>
    row(
      say`${stage ? say`Stage ${stage.no} of ${stage.of}, policy ${policy}` : say`Policy ${policy}`}: ${needs} of ${decidersWords(from)}.`,
    ),
  );
  return approvers.length > 0 ? [...stages, row(say`Asked first: ${listed(approvers, 'or')}.`)] : stages;
}

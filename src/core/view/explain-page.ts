import type { JitError } from '../errors/errors.ts';
import { durationText } from '../language/duration.ts';
import type { Instant } from '../language/instant.ts';
import type { Line } from '../language/text.ts';
import type { Person } from '../people/person.ts';
import type { Quorum } from '../policy/approval.ts';
import type { Policy } from '../policy/policy.ts';
import { policyVersion } from '../policy/version.ts';
import { type Port, portLabel } from '../rule/port.ts';
import { namedSourceText } from '../rule/source.ts';
import type { Report, Row } from './report.ts';
import { startLine } from './starting.ts';
import { capitalised, listed } from './words.ts';

/** What would be asked for. */
export interface Explained {
  /** Of whoever would ask. */
  readonly name: string;
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
  /** What would judge it without a group of the person, and asks for less. */
  readonly falls: readonly { readonly from: Policy; readonly to: Policy; readonly without: readonly string[] }[];
}

/** A request that nobody asked for yet, explained: would it pass, and by whom. */
export function explanation(asked: Explained, judged: Verdicts): Report {
  const { name, machineName, ports, forMs } = asked;
  const what = `${ports.map(portLabel).join(', ')} of ${machineName} from ${namedSourceText(asked)} for ${durationText(forMs)}`;
  const against = [
    ...judged.unsatisfied.map(({ say, hint }) => row(`No: ${say} ${hint}`)),
    ...judged.failed.map(({ say, hint }) => row(`Cannot tell, so no: ${say} ${hint}`)),
  ];
  const start = startLine(asked);
  const starts = start.length > 0 ? [row(...capitalised(start), '.')] : [];
  const passes = against.length === 0 ? [row('It could be requested now.')] : against;
  return {
    title: `${name}: ${what}`,
    sections: [
      { heading: 'Would it pass?', rows: [...starts, ...passes] },
      ...(judged.policies.length > 0 ? [{ heading: 'Judged by', rows: judged.policies.map(policyRow) }] : []),
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
    `at most ${durationText(longestMs)} in all`,
    ...(because?.ticket ? [`a ticket that fits the pattern \`${because.ticket.text}\` in the reason`] : []),
    ...(because?.leastLetters === undefined ? [] : [`a reason of at least ${because.leastLetters} letters`]),
    ...(hours ? ['hours'] : []),
    ...(policy.onBehalf ? ['others may request for these people'] : []),
    ...(when ? [`the condition ${when.text}`] : []),
    ...(auto ? [`without a decision up to ${durationText(auto.upToMs)}`] : []),
  ];
  return row(`Policy ${name} (version ${policyVersion([policy])}): ${rest.join('; ')}.`);
}

function fallRow({ from, to, without }: Verdicts['falls'][number]): Row {
  return row(
    `Without the groups that policy ${from.name} names, policy ${to.name} would judge it, which is less strict; ${from.name} has ${without.join(', ')}.`,
  );
}

function deciders({ quorum, approvers }: Verdicts): readonly Row[] {
  if (quorum.length === 0) return [row('Nobody: the policy lets it in without a decision.')];
  const stages = quorum.map(({ needs, from, stage, policy }) =>
    row(`${stage ? `Stage ${stage.no} of ${stage.of}, policy ${policy}` : `Policy ${policy}`}: ${needs} of ${from}.`),
  );
  return approvers.length > 0 ? [...stages, row('Asked first: ', ...listed(approvers, 'or'), '.')] : stages;
}

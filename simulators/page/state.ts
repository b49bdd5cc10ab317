import type { AwsSimulator } from '../aws/index.ts';
import type { AzureSimulator } from '../azure/index.ts';
import type { GcpSimulator } from '../gcp/index.ts';
import type { SlackSimulator } from '../slack/index.ts';
import type { SlackState } from '../slack/types.ts';
import type { TeamsSimulator, TeamsState } from '../teams/index.ts';
import { channels, people, type SimPerson } from '../world.ts';
import { awsMachines } from './aws-machines.ts';
import { azureMachines } from './azure-machines.ts';
import type { BadCloud, BadDay, BadDays } from './bad-days.ts';
import { gcpMachines } from './gcp-machines.ts';
import type { CloudName, MachineView } from './machines.ts';

export type { SlackState } from '../slack/types.ts';
export type { TeamsState } from '../teams/index.ts';
export type { SimPerson } from '../world.ts';
export type { BadCloud, BadDay } from './bad-days.ts';
export type { CloudName, GroupView, MachineView, RuleView } from './machines.ts';

/** What the page shows of and does with. */
export interface Simulators {
  readonly slack: SlackSimulator;
  readonly teams: TeamsSimulator;
  readonly azure: AzureSimulator;
  readonly aws: AwsSimulator;
  readonly gcp?: GcpSimulator;
}

/** One call that a cloud answered. */
export interface CloudCall {
  readonly id: string;
  readonly atMs: number;
  readonly cloud: CloudName;
  /** What was asked and how it went, in one line. */
  readonly text: string;
  readonly ok: boolean;
  readonly changes: boolean;
  /** The fault that was switched on and struck it. */
  readonly fault?: string | undefined;
}

/** The whole page as one JSON. */
export interface PageState {
  /** UTC ms on the server, so that a browser with another clock counts down rightly. */
  readonly nowMs: number;
  readonly people: readonly SimPerson[];
  readonly channels: typeof channels;
  readonly slack: SlackState;
  readonly teams: TeamsState;
  /** A cloud that is not there has no machines, and no key. */
  readonly clouds: Readonly<Record<'azure' | 'aws', readonly MachineView[]> & { gcp?: readonly MachineView[] }>;
  /** Newest first. */
  readonly calls: readonly CloudCall[];
  readonly badDays: Readonly<Record<BadCloud, readonly BadDay[]>>;
  readonly program: {
    readonly status: 'running' | 'stopped';
    readonly canRestart: boolean;
    /** Where its board is. */
    readonly board?: string;
  };
}

const CALLS_SHOWN = 60;
/** Azure's reads in the guise of a write. */
const READING = /^(Token|Users_|Groups_|Operat|Resources$|GET )|(^|_)List/;

/** Whether a call changes something, or is one of Azure's reads, many of which are POST. */
export function changesAzure(method: string, operation: string): boolean {
  return method !== 'GET' && !READING.test(operation);
}

/** Everything that there is to see now, but for the time. */
export function lookAt(
  { slack, teams, azure, aws, gcp }: Simulators,
  badDays: BadDays,
  program: PageState['program'],
): Omit<PageState, 'nowMs'> {
  return {
    people: Object.values(people),
    channels,
    slack: slack.state(),
    teams: teams.state(),
    clouds: {
      azure: azureMachines(azure.state()),
      aws: awsMachines(aws.state()),
      ...(gcp ? { gcp: gcpMachines(gcp.state()) } : {}),
    },
    calls: lastCalls(azure, aws, gcp),
    badDays: badDays.now(),
    program,
  };
}

function lastCalls(azure: AzureSimulator, aws: AwsSimulator, gcp: GcpSimulator | undefined): readonly CloudCall[] {
  const ofAzure = lastOf(azure.log(), ({ atMs, operation, method, status, summary, fault }, n) => {
    const changes = changesAzure(method, operation);
    return { id: `azure ${n}`, atMs, cloud: 'azure', text: summary, ok: isOk(status), changes, fault };
  });
  const ofAws = lastOf(aws.log(), ({ atMs, action, summary, status, code, mutating, fault }, n) => {
    const text = `${action} ${summary} → ${code ?? (status === 0 ? 'cut' : status)}`;
    return { id: `aws ${n}`, atMs, cloud: 'aws', text, ok: isOk(status), changes: mutating, fault };
  });
  const ofGoogle = lastOf(gcp?.log() ?? [], ({ atMs, method, status, mutating }, n) => {
    const text = `${method.replace('compute.', '')} → ${status === 0 ? 'cut' : status}`;
    return { id: `gcp ${n}`, atMs, cloud: 'gcp', text, ok: isOk(status), changes: mutating };
  });
  return [...ofAzure, ...ofAws, ...ofGoogle].sort((a, b) => b.atMs - a.atMs).slice(0, CALLS_SHOWN);
}

function lastOf<T>(log: readonly T[], toCall: (entry: T, n: number) => CloudCall): readonly CloudCall[] {
  const from = Math.max(0, log.length - CALLS_SHOWN);
  return log.slice(from).map((entry, i) => toCall(entry, from + i));
}

const isOk = (status: number): boolean => status >= 200 && status < 400;

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
import { type CloudCall, lastCalls } from './calls.ts';
import { gcpMachines } from './gcp-machines.ts';
import type { MachineView } from './machines.ts';

export type { SlackState } from '../slack/types.ts';
export type { TeamsState } from '../teams/index.ts';
export type { SimPerson } from '../world.ts';
export type { BadCloud, BadDay } from './bad-days.ts';
export type { CloudCall } from './calls.ts';
export type { CloudName, GroupView, MachineView, RuleView } from './machines.ts';

/** What the page shows of and does with. */
export interface Simulators {
  readonly slack: SlackSimulator;
  readonly teams: TeamsSimulator;
  readonly azure: AzureSimulator;
  readonly aws: AwsSimulator;
  readonly gcp?: GcpSimulator;
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
    calls: lastCalls({ azure, aws, ...(gcp && { gcp }) }),
    badDays: badDays.now(),
    program,
  };
}

import { type AwsSimulator, type AwsSimulatorOptions, startAwsSimulator } from '../aws/index.ts';
import { type AzureOptions, type AzureSimulator, startAzureSimulator } from '../azure/index.ts';
import { type GcpSimulator, type GcpSimulatorOptions, startGcpSimulator } from '../gcp/index.ts';
import type { Clock } from '../shared/clock.ts';
import { type SlackSimulator, type SlackSimulatorOptions, startSlackSimulator } from '../slack/index.ts';
import { startTeamsSimulator, type TeamsSimulator, type TeamsSimulatorOptions } from '../teams/index.ts';

export interface Services {
  readonly slack: SlackSimulator;
  readonly teams: TeamsSimulator;
  readonly azure: AzureSimulator;
  readonly aws: AwsSimulator;
  /** Only where it was wanted. */
  readonly gcp?: GcpSimulator;
  /** Tells the chats where the program takes deliveries. */
  setTarget(programUrl: string): void;
  /** Calls `listener` after every change in any of them; answers the way to stop that. */
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

interface Options {
  readonly cloudClock?: Clock;
  /** The least that Azure opens for: real Defender says 5. */
  readonly azureMinimum?: 0 | 5;
  /** What is in Azure, where it is not the usual. */
  readonly azureWorld?: Pick<AzureOptions, 'machines' | 'network' | 'firewallMs'>;
  /** How long the chats wait for an answer, where they are to have more patience than the real ones. */
  readonly chatsWaitMs?: number;
  /** Google Cloud as well, with this in it. */
  readonly google?: GcpSimulatorOptions;
  /** A national cloud, where something passes the calls to its hosts on to here. */
  readonly national?: {
    readonly azure: Pick<AzureOptions, 'origins'>;
    readonly aws: Pick<AwsSimulatorOptions, 'accounts' | 'partition'>;
    readonly teams: Pick<TeamsSimulatorOptions, 'channel'>;
    readonly slack?: Pick<SlackSimulatorOptions, 'hooks'>;
  };
}

/** All four services on loopback. */
export async function startServices(options: Options = {}): Promise<Services> {
  const { cloudClock, azureMinimum = 5, azureWorld, chatsWaitMs: waitMs, national, google } = options;
  const clock = cloudClock ? { clock: cloudClock } : {};
  const [slack, teams, azure, aws, gcp] = await Promise.all([
    startSlackSimulator({ ...national?.slack, ...(waitMs === undefined ? {} : { answerWithinMs: waitMs }) }),
    startTeamsSimulator({
      ...national?.teams,
      ...(waitMs === undefined ? {} : { waitMs: { message: waitMs, invoke: waitMs } }),
    }),
    startAzureSimulator({ ...clock, ...azureWorld, ...national?.azure, minimumMinutes: azureMinimum }),
    // A clock that moves by hours at once would make every signature seem old.
    startAwsSimulator({ ...clock, ...national?.aws, ...(cloudClock ? { maxSkewMs: Number.POSITIVE_INFINITY } : {}) }),
    google ? startGcpSimulator({ ...clock, ...google }) : undefined,
  ]);
  const all = [slack, teams, azure, aws, ...(gcp ? [gcp] : [])];
  return {
    slack,
    teams,
    azure,
    aws,
    ...(gcp ? { gcp } : {}),
    setTarget(programUrl) {
      slack.setTarget(`${programUrl}/slack/events`);
      teams.setTarget(`${programUrl}/api/messages`);
    },
    onChange(listener) {
      const stops = all.map((service) => service.onChange(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    async stop() {
      await Promise.all(all.map((service) => service.stop()));
    },
  };
}

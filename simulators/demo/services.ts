import { type AwsSimulator, startAwsSimulator } from '../aws/index.ts';
import { type AzureOptions, type AzureSimulator, startAzureSimulator } from '../azure/index.ts';
import type { Clock } from '../shared/clock.ts';
import { type SlackSimulator, startSlackSimulator } from '../slack/index.ts';
import { startTeamsSimulator, type TeamsSimulator } from '../teams/index.ts';

export interface Services {
  readonly slack: SlackSimulator;
  readonly teams: TeamsSimulator;
  readonly azure: AzureSimulator;
  readonly aws: AwsSimulator;
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
}

/** All four services on loopback. */
export async function startServices(options: Options = {}): Promise<Services> {
  const { cloudClock, azureMinimum = 5, azureWorld, chatsWaitMs: waitMs } = options;
  const clock = cloudClock ? { clock: cloudClock } : {};
  const [slack, teams, azure, aws] = await Promise.all([
    startSlackSimulator(waitMs === undefined ? {} : { answerWithinMs: waitMs }),
    startTeamsSimulator(waitMs === undefined ? {} : { waitMs: { message: waitMs, invoke: waitMs } }),
    startAzureSimulator({ ...clock, ...azureWorld, minimumMinutes: azureMinimum }),
    // A clock that moves by hours at once would make every signature seem old.
    startAwsSimulator({ ...clock, ...(cloudClock ? { maxSkewMs: Number.POSITIVE_INFINITY } : {}) }),
  ]);
  const all = [slack, teams, azure, aws];
  return {
    slack,
    teams,
    azure,
    aws,
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

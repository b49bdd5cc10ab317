import type { Config } from './config/schema.ts';
import { programVersion } from './config/version.ts';
import type { CloudName } from './core/machine/machine.ts';
import type { Metrics } from './observe/metrics.ts';
import type { Log } from './ports/log.ts';

/** What looks on as the program works; what is not switched on is not loaded. */
export interface Watching {
  readonly metrics?: Metrics;
}

/** What the configuration switches on of it. */
export async function watching({ http, azure, aws, gcp }: Config, log: Log): Promise<Watching> {
  if (!http.admin?.metrics) return {};
  const { metrics } = await import('./observe/metrics.ts');
  const clouds = new Map<CloudName, readonly string[]>([
    ...(azure ? [['azure', azure.subscriptions.map(({ id }) => id)] as const] : []),
    ...(aws ? [['aws', aws.accounts.map(({ id }) => id)] as const] : []),
    ...(gcp ? [['gcp', gcp.projects] as const] : []),
  ]);
  return { metrics: metrics({ version: programVersion(), clouds, log }) };
}

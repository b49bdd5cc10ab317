import type { Config } from './config/schema.ts';
import { secretOf } from './config/secrets.ts';
import { programVersion } from './config/version.ts';
import type { CloudName } from './core/machine/machine.ts';
import { watchedBy } from './kit/call-ids.ts';
import type { Metrics } from './observe/metrics.ts';
import type { Log } from './ports/log.ts';
import type { CallWatch } from './ports/meter.ts';
import type { Traces } from './ports/traces.ts';

/** What looks on as the program works; what is not switched on is not loaded. */
export interface Watching {
  readonly metrics?: Metrics;
  readonly traces?: Traces & { close(): Promise<void> };
  /** Both see every call to a cloud. */
  readonly called?: CallWatch;
}

/** What the configuration switches on of it. */
export async function watching(config: Config, log: Log): Promise<Watching> {
  const [metrics, traces] = await Promise.all([metricsOf(config, log), tracesOf(config)]);
  if (!metrics && !traces) return {};
  return {
    ...{ ...(metrics && { metrics }), ...(traces && { traces }) },
    called: watchedBy(metrics?.called, traces?.called),
  };
}

async function metricsOf({ http, azure, aws, gcp }: Config, log: Log): Promise<Metrics | undefined> {
  if (!http.admin?.metrics) return undefined;
  const { metrics } = await import('./observe/metrics.ts');
  const clouds = new Map<CloudName, readonly string[]>([
    ...(azure ? [['azure', azure.subscriptions.map(({ id }) => id)] as const] : []),
    ...(aws ? [['aws', aws.accounts.map(({ id }) => id)] as const] : []),
    ...(gcp ? [['gcp', gcp.projects] as const] : []),
  ]);
  return metrics({ version: programVersion(), clouds, log });
}

async function tracesOf({ traces: settings, installation }: Config): Promise<Watching['traces']> {
  if (!settings) return undefined;
  const { traces } = await import('./observe/traces.ts');
  const headers = Object.fromEntries(Object.entries(settings.headers).map(([name, key]) => [name, secretOf(key)]));
  return traces({ url: settings.url, headers, installation, version: programVersion() });
}

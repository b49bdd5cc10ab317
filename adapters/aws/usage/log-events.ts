import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { JitError } from '../../../src/core/errors/errors.ts';
import { type Instant, SECOND_MS } from '../../../src/core/language/instant.ts';
import { Pacing } from '../../../src/kit/pacing.ts';
import { callWithin } from '../../../src/kit/time-limit.ts';
import type { Aws } from '../ec2/context.ts';
import type { AccountRegion } from '../ec2/ids.ts';
import { sdkConfig } from '../ec2/sdk-config.ts';
import { watched } from '../ec2/watch.ts';
import { asJitError, CLOUD, isCode } from '../errors.ts';

/**
 * FilterLogEvents may be called five times a second in an account and region, ten times in some ("CloudWatch Logs quotas").
 * Others read there too.
 */
const LANE = { name: 'FilterLogEvents', quota: { burst: 4, perSecond: 2 } };
const LONGEST_WAIT_MS = 2 * SECOND_MS;
/** Pages of one interface: 10,000 events or 1 MB each, and some are empty. */
const MOST_PAGES = 20;

/** What was written to a log group about an interface. */
export interface EventsAsk extends AccountRegion {
  readonly group: string;
  /** `eni-…`, which the names of its streams begin with. */
  readonly interface: string;
  readonly from: Instant;
}

/** CloudWatch Logs of all accounts and regions, as the role that opens and closes. The SDK is loaded by the first call. */
export class LogEvents {
  readonly #aws: Aws;
  readonly #clients = new Map<string, { readonly client: CloudWatchLogsClient; readonly pacing: Pacing }>();

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  /** The lines of an interface since then, a page at a time; `undefined` as the last page where there are more than are read. */
  async *lines(ask: EventsAsk, signal: AbortSignal): AsyncGenerator<readonly string[] | undefined> {
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { events = [], nextToken } = await this.#page(ask, token, signal);
      yield events.flatMap(({ message }) => message ?? []);
      if (nextToken === undefined) return;
      token = nextToken;
    }
    yield undefined;
  }

  /** May a log group be read? Throws why not; one that is not there yet may be. */
  async check(where: AccountRegion, group: string, signal: AbortSignal): Promise<void> {
    const ask = { ...where, group, interface: 'eni-', from: this.#aws.now() };
    await this.#page(ask, undefined, signal);
  }

  async #page(ask: EventsAsk, token: string | undefined, signal: AbortSignal) {
    const { FilterLogEventsCommand, ...sdk } = await import('@aws-sdk/client-cloudwatch-logs');
    const { client, pacing } = this.#of(sdk, ask);
    await pacing.pass([LANE], signal);
    const command = new FilterLogEventsCommand({
      logGroupName: ask.group,
      logStreamNamePrefix: ask.interface,
      startTime: ask.from,
      ...(token === undefined ? {} : { nextToken: token }),
    });
    const limit = { signal, limitMs: this.#aws.settings.callMs, asError: asJitError };
    try {
      return await callWithin(limit, (abortSignal) => client.send(command, { abortSignal }));
    } catch (error) {
      // A group is made with its first records.
      if (isCode(error, 'ResourceNotFoundException')) return { events: [], nextToken: undefined };
      throw error;
    }
  }

  #of(
    { CloudWatchLogsClient }: Pick<typeof import('@aws-sdk/client-cloudwatch-logs'), 'CloudWatchLogsClient'>,
    { account, region }: AccountRegion,
  ) {
    const key = `${account}:${region}`;
    const known = this.#clients.get(key);
    if (known) return known;
    const configured = this.#aws.sites.organization.account(account);
    if (!configured) throw new JitError('cloudRefused', { cloud: CLOUD, code: 'AccountNotConfigured' });
    const { settings } = this.#aws;
    const config = sdkConfig({ account: configured, region }, settings);
    const client = watched(new CloudWatchLogsClient(config), account, settings.called);
    const busy = (retryAfterMs: number) => new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs });
    const made = { client, pacing: new Pacing(this.#aws, LONGEST_WAIT_MS, busy) };
    this.#clients.set(key, made);
    return made;
  }
}

import { callWithin } from '../../../src/kit/time-limit.ts';
import type { Log } from '../../../src/ports/log.ts';
import { asJitError, codeOf } from '../errors.ts';
import type { AwsAccount, FullSettings } from '../settings.ts';
import { sdkConfig, sessionFor } from './sdk-config.ts';

/** Does STS refuse to assume a role? EC2 has another code for what it refuses. */
export function isAssumingRefused(error: unknown): boolean {
  return codeOf(error) === 'AccessDenied';
}

/**
 * In which accounts the role cannot be assumed with a source identity: its trust policy lacks `sts:SetSourceIdentity`, or the
 * program's own session has another one already, which cannot be changed (IAM user guide, "Monitor and control actions taken
 * with assumed roles"). The name of the session alone names the request there.
 */
export class SourceIdentities {
  readonly #settings: FullSettings;
  readonly #log: Log;
  readonly #refused = new Set<string>();

  constructor(settings: FullSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  isRefused(account: string): boolean {
    return this.#refused.has(account);
  }

  /** Notes that it was refused; said once. */
  refused(account: string): void {
    if (this.#refused.has(account)) return;
    this.#refused.add(account);
    const message =
      'the role cannot be assumed with a source identity: CloudTrail names requests by the session name alone; allow sts:SetSourceIdentity in its trust policy';
    this.#log.warn({ account }, message);
  }

  /** Tries it, where it is wanted. Whether the role can be assumed at all is another question. */
  async probe(account: AwsAccount, signal: AbortSignal): Promise<void> {
    const [region] = account.regions;
    if (!this.#settings.trace || !account.role || region === undefined) return;
    const session = sessionFor('probe', 'drawbridge');
    const { credentials } = sdkConfig({ account, region, session }, this.#settings);
    if (typeof credentials !== 'function') return;
    try {
      await callWithin({ signal, limitMs: this.#settings.callMs, asError: asJitError }, () => credentials());
      this.#refused.delete(account.id);
    } catch (error) {
      signal.throwIfAborted();
      if (isAssumingRefused(error)) this.refused(account.id);
    }
  }
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { Instant } from '../../../src/core/language/instant.ts';
import type { Allowed, CallOptions } from '../../../src/kit/call.ts';
import { dateIn } from '../../../src/kit/date-of.ts';
import { callWithin, ENDLESS } from '../../../src/kit/time-limit.ts';
import { asJitError } from '../errors.ts';
import type { FullSettings } from '../settings.ts';
import type { AccountRegion } from './ids.ts';
import { ownAnswers } from './own-answers.ts';
import { type AwsCaller, sdkConfig } from './sdk-config.ts';
import type { Throttle } from './throttle.ts';
import { answerIn, outcomeOf } from './watch.ts';

/** EC2 of one account in one region. */
export interface Client extends AccountRegion {
  /** Makes one call within its time; errors are JitErrors whose cause is the SDK's error. */
  call<T>(signal: AbortSignal, send: (ec2: EC2Client, options: CallOptions) => Promise<T>): Promise<T>;
  /** The same for a call that changes something: `beforeCall` is asked before every attempt to send this input. */
  change<T>(
    input: object,
    { signal, beforeCall }: Allowed,
    send: (ec2: EC2Client, options: CallOptions) => Promise<T>,
  ): Promise<T>;
  /** The `Date` header of the newest reply, UTC. */
  cloudNow(): Instant | undefined;
}

/** What ends the call that is being made: the SDK's middleware is not told. */
const within = new AsyncLocalStorage<AbortSignal>();

/** The client of an account in a region; it connects when it is first needed. `throttle` paces its calls. */
export function clientFor(caller: AwsCaller, settings: FullSettings, throttle?: Throttle): Client {
  const { called } = settings;
  let client: EC2Client | undefined;
  let cloudNow: Instant | undefined;
  const checks = new WeakMap<object, () => void>();
  const connect = () => {
    const ec2 = ownAnswers(new EC2Client(sdkConfig(caller, settings)));
    ec2.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        cloudNow = dateOf(result.response) ?? cloudNow;
        return result;
      },
      { step: 'deserialize', name: 'cloudClock' },
    );
    // NB. Behind the SDK's own retries, so that it is asked before each of them.
    ec2.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const action = commandName.replace(/Command$/, '');
          const send = async () => {
            const check = checks.get(args.input);
            check?.();
            const account = caller.account.id;
            const ended = called?.({ cloud: 'aws', account, operation: action, isChange: check !== undefined });
            try {
              const result = await next(args);
              ended?.('done', answerIn(result.output));
              return result;
            } catch (error) {
              const outcome = outcomeOf(error);
              if (outcome === 'throttled') throttle?.exhausted(action);
              ended?.(outcome, answerIn(error));
              throw error;
            }
          };
          // Whoever has given up meanwhile must take nothing that others wait for.
          return throttle ? throttle.inTurn(action, within.getStore() ?? ENDLESS, send) : send();
        },
      { step: 'finalizeRequest', name: 'beforeCall', priority: 'low' },
    );
    return ec2;
  };
  const call: Client['call'] = (signal, send) =>
    callWithin({ signal, limitMs: settings.callMs, asError: asJitError }, (abortSignal) => {
      client ??= connect();
      const known = client;
      return within.run(abortSignal, () => send(known, { abortSignal }));
    });
  return {
    account: caller.account.id,
    region: caller.region,
    cloudNow: () => cloudNow,
    call,
    change(input, { signal, beforeCall }, send) {
      checks.set(input, beforeCall);
      return call(signal, send);
    },
  };
}

function dateOf(response: unknown): Instant | undefined {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> };
  return dateIn(headers?.date, headers?.age);
}

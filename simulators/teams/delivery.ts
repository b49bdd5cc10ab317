import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Faults } from '../shared/faults.ts';
import { BOT_APP_ID } from '../world.ts';
import type { Json, LateEffects } from './http.ts';
import type { KeyName, Keys } from './keys.ts';

/** Issuer of the tokens that Bot Framework sends to bots. */
export const ISSUER = 'https://api.botframework.com';
const TOKEN_SECONDS = 600;

/** What a forged token says instead of what Teams' own would. */
interface TokenOverrides {
  readonly issuer?: string;
  readonly audience?: string;
  /** The claim `serviceurl`; null leaves it out. */
  readonly serviceUrl?: string | null;
  /** Seconds from now, negative for a token that is over. */
  readonly expiresInSeconds?: number;
  /** Whose key signs. */
  readonly key?: KeyName;
  /** The key id in the header, when it is not the one of the key that signs. */
  readonly kid?: string;
  /** `none` sends no signature at all. */
  readonly algorithm?: 'RS256' | 'none';
}

interface DeliverOptions {
  /** Overrides, a whole token of one's own, or null for no Authorization header. */
  readonly token?: TokenOverrides | string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is instead of the activity. */
  readonly rawBody?: string;
}

/** What came back from the bot; status 0 when nothing did in time. */
export interface Answer {
  readonly ok: boolean;
  readonly status: number;
  /** Parsed when it is JSON, else the text. */
  readonly body: unknown;
}

export interface DeliveryOptions {
  readonly keys: Keys;
  readonly faults: Faults;
  readonly late: LateEffects;
  readonly issuer: string;
  readonly target: () => string | undefined;
  /** How long Teams waits, in real milliseconds. */
  readonly waitMs: { readonly message: number; readonly invoke: number };
}

export type Deliver = (activity: Json, options?: DeliverOptions) => Promise<Answer>;

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function createToken(
  keys: Keys,
  activity: Json,
  token: TokenOverrides & { readonly issuer: string },
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const serviceurl = token.serviceUrl === undefined ? activity.serviceUrl : token.serviceUrl;
  const claims = {
    iss: token.issuer,
    aud: token.audience ?? BOT_APP_ID,
    ...(serviceurl !== null && { serviceurl }),
    nbf: now - TOKEN_SECONDS,
    exp: now + (token.expiresInSeconds ?? TOKEN_SECONDS),
  };
  if (token.algorithm === 'none') return `${base64url({ alg: 'none', kid: 'teams-channel' })}.${base64url(claims)}.`;
  return keys.sign(token.key ?? 'channel', claims, token.kid);
}

/** Delivers activities to the bot as Teams does: signed, with a time limit, and on bad days twice, late or never. */
export function createDeliver({ keys, faults, late, target, waitMs, issuer }: DeliveryOptions): Deliver {
  async function post(activity: Json, options: DeliverOptions): Promise<Answer> {
    const url = target();
    if (url === undefined) throw new Error('the Teams simulator has no messaging endpoint yet: call setTarget');
    const { token = {} } = options;
    const signed =
      typeof token === 'string' || token === null ? token : await createToken(keys, activity, { issuer, ...token });
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          ...(signed !== null && { authorization: `Bearer ${signed}` }),
          ...options.headers,
        },
        body: options.rawBody ?? JSON.stringify(activity),
        signal: AbortSignal.timeout(activity.type === 'invoke' ? waitMs.invoke : waitMs.message),
      });
      const text = await response.text();
      return { ok: response.ok, status: response.status, body: parse(text) };
    } catch {
      return { ok: false, status: 0, body: '' };
    }
  }

  return async (activity, options = {}) => {
    late.settle();
    const fault = faults.take('deliver');
    if (!fault) return post(activity, options);
    switch (fault.kind) {
      case 'reset':
        return { ok: false, status: 0, body: '' };
      case 'slow':
        await delay(fault.ms);
        return post(activity, options);
      case 'lateLanding':
        late.add(fault.ms, () => post(activity, options));
        return { ok: false, status: 0, body: '' };
      case 'lostReply':
        // Teams sends again what it heard nothing about: a message as it was, an invoke under a new id.
        await post(activity, options);
        return post(activity.type === 'invoke' ? { ...activity, id: `f:${randomUUID()}` } : activity, options);
      default:
        throw new Error(`a delivery cannot have the fault '${fault.kind}'`);
    }
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

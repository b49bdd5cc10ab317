import { createHmac } from 'node:crypto';
import { JitError } from '../../src/core/errors/errors.ts';
import { type LiveSecret, secretNow } from '../../src/kit/live-secret.ts';
import { untaken } from '../../src/kit/untaken.ts';
import type { AlarmNews, AlarmWay } from '../../src/ports/alarm-way.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';

export interface WebhookSettings {
  readonly name: string;
  readonly url: string;
  readonly secret: LiveSecret;
}

const LIMIT_MS = 10_000;
/** Nothing of the answer is read. */
const MOST_BYTES = 64_000;

/**
 * Posts alarms as JSON, signed: `Drawbridge-Signature: t=<seconds>,v1=<HMAC-SHA256 of "<t>.<body>" in hex>`. Any answer of 200 to 299
 * means that it was taken.
 */
export function alarmWebhook(
  { name, url, secret }: WebhookSettings,
  { call, installation, now }: { readonly call: CallOut; readonly installation: string; readonly now: () => number },
): AlarmWay {
  return {
    name,
    async tell(news, signal) {
      const body = bodyOf(news, installation);
      const seconds = Math.floor(now() / 1_000);
      const signature = createHmac('sha256', secretNow(secret)).update(`${seconds}.${body}`).digest('hex');
      const headers = { 'content-type': 'application/json', 'drawbridge-signature': `t=${seconds},v1=${signature}` };
      const why = untaken(await call({ url, body, headers, limitMs: LIMIT_MS, mostBytes: MOST_BYTES, signal }));
      if (why !== undefined) throw new JitError('outgoingSilent', { host: new URL(url).host, why });
    },
  };
}

function bodyOf({ id, kind, at, title, lines }: AlarmNews, installation: string): string {
  return JSON.stringify({ id, kind, installation, at: new Date(at).toISOString(), title, lines });
}

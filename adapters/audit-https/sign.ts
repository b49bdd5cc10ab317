import { createHmac } from 'node:crypto';

const WHSEC = 'whsec_';

/** Headers as [Standard Webhooks](https://www.standardwebhooks.com) have them: `v1` is HMAC-SHA256 of `<id>.<seconds>.<body>`. `at` is UTC, in ms. */
export function signed(
  { id, at, body }: { readonly id: string; readonly at: number; readonly body: string },
  secret: string,
): Readonly<Record<string, string>> {
  const seconds = Math.floor(at / 1_000);
  const key = secret.startsWith(WHSEC) ? Buffer.from(secret.slice(WHSEC.length), 'base64') : secret;
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
    'content-type': 'application/json',
  };
}

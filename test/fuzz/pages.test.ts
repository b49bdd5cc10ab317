import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { people } from '../../simulators/world.ts';
import { linkIn, ORIGIN, type PagesRig, pagesRig } from '../web/rig.ts';
import { holds, SEED } from './hold.ts';
import { mutatedText } from './mutate.ts';

const RUNS = { usual: 150, long: 5_000 };
const { requester: ADA } = people;

let rig: PagesRig;
let ticket = '';
beforeAll(async () => {
  rig = await pagesRig();
  ticket = linkIn(await rig.says(ADA.slackId, 'link')).slice(`${ORIGIN}/step/`.length);
});
afterAll(() => rig.stop());

/** What cannot stand in a header or a path is not sent by anybody. */
const inHeader = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 4_000);

async function send(path: string, init: RequestInit): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${rig.url}${path}`, { redirect: 'manual', ...init });
  return { status: answer.status, text: await answer.text() };
}

/** A page in words, no failure, and nothing of what was sent as markup. */
function judge({ status, text }: { readonly status: number; readonly text: string }): void {
  expect(status).toBeLessThan(500);
  expect(text).not.toMatch(/<script|<img|<svg[^>]*onload/i);
}

describe(`the pages, and what must not break them (seed ${SEED})`, () => {
  const cookie = `__Host-jit=${'a'.repeat(43)}`;
  const headers = { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded' };

  it('show whatever ticket somebody makes up', async () => {
    const tickets = fc.oneof(mutatedText(ticket), fc.string(), fc.constant('<script>alert(1)</script>'));
    await holds('tickets', tickets, RUNS, async (text) => {
      const path = `/step/${encodeURIComponent(text.replace(/[\uD800-\uDFFF]/g, ''))}`;
      for (const where of [path, `${path}/done`]) judge(await send(where, { headers: { cookie } }));
    });
  });

  it('take whatever form, cookie, and origin somebody sends, and begin nothing by it', async () => {
    const form = fc.record({
      body: fc.oneof(
        fc.string(),
        fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      ),
      cookie: fc.oneof(mutatedText(cookie), fc.string()).map(inHeader),
      origin: fc.constantFrom(ORIGIN, 'null', 'https://evil.example', ''),
    });
    await holds('forms', form, RUNS, async ({ body, cookie: own, origin }) => {
      const answer = await send(`/step/${ticket}`, {
        method: 'POST',
        body,
        headers: { ...headers, cookie: own, origin },
      });
      judge(answer);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    });
    expect((await send(`/step/${ticket}`, {})).status).toBe(200);
  });

  it('take whatever comes back from a sign-in', async () => {
    const back = fc.dictionary(fc.constantFrom('code', 'state', 'error', 'iss', 'session_state', 'x'), fc.string());
    const states = fc.oneof(fc.string(), fc.constant(`${ticket.split('.')[0]}.${'A'.repeat(43)}`));
    await holds('returns', fc.tuple(back, states), RUNS, async ([fields, state]) => {
      const answer = await send(`/sign-in?${new URLSearchParams({ ...fields, state })}`, { headers: { cookie } });
      judge(answer);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    });
  });
});

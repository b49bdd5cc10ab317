import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holds, SEED } from './hold.ts';
import { mutated, mutatedText } from './mutate.ts';
import { type Fuzzed, sentBySlack, sentByTeams, slackEvent, startFuzzed } from './program.ts';

const RUNS = { usual: 60, long: 3_000 };
/** What so many deliveries may leave in memory, as nothing of them is to be kept. */
const MOST_MORE_KB = 400_000;

let fuzzed: Fuzzed;
let rssKb: number;
beforeAll(async () => {
  fuzzed = await startFuzzed();
  rssKb = rss();
});
afterAll(() => fuzzed.stop());

function rss(): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(fuzzed.program.pid)], { encoding: 'utf8' }));
}

/** The same program takes it all, one after the other: what one delivery leaves behind, the next ones meet. */
describe(`the whole program, with a request that waits, and what must not end it (seed ${SEED})`, () => {
  const json = { 'content-type': 'application/json' };

  it('takes whatever Slack signs', async () => {
    const { slack } = fuzzed.services;
    const sent = await sentBySlack(fuzzed);
    const forms = sent.map((form) => Object.fromEntries(form));
    const commands = forms.filter(({ payload }) => payload === undefined);
    const payloads = forms.flatMap(({ payload }) => (payload === undefined ? [] : [JSON.parse(payload) as object]));
    expect([commands.length, payloads.length].every((length) => length > 1)).toBe(true);
    const asForm = (fields: unknown) => {
      const texts = Object.entries((fields ?? {}) as object).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]);
      return { body: new URLSearchParams(texts).toString() };
    };
    const delivery = fc.oneof(
      fc
        .constantFrom(...commands)
        .chain((form) => mutated(form))
        .map(asForm),
      {
        weight: 3,
        arbitrary: fc
          .constantFrom(...payloads)
          .chain((one) => mutated(one))
          .map((payload) => asForm({ payload: JSON.stringify(payload) })),
      },
      mutated(slackEvent(fuzzed)).map((event) => ({ body: JSON.stringify(event) ?? '', headers: json })),
      fc
        .constantFrom(...sent.map(String))
        .chain((text) => mutatedText(text))
        .map((body) => ({ body })),
    );
    await holds('deliveries of Slack', delivery, RUNS, async (raw) => fuzzed.judge(await slack.deliver(raw)));
    await fuzzed.after();
  });

  it('takes whatever Teams sends with a valid token', async () => {
    const { teams, slack } = fuzzed.services;
    const request = /`([2-9a-z]{7})`/.exec(JSON.stringify(slack.state()))?.[1] ?? '';
    expect(request).not.toBe('');
    const activities = sentByTeams(fuzzed, request);
    let n = 0;
    const activity = fc.constantFrom(...activities).chain((one) => mutated(one));
    await holds('activities of Teams', activity, RUNS, async (sent) => {
      n += 1;
      const one = (sent ?? {}) as Record<string, unknown>;
      const answer = await teams.deliver(
        // A token is for a service URL, and every delivery has an id of its own.
        { ...one, ...(typeof one.id === 'string' ? { id: `${one.id.slice(0, 400)}-${n}` } : {}) },
        { rawBody: JSON.stringify(typeof one.id === 'string' ? { ...one, id: `${one.id.slice(0, 400)}-${n}` } : sent) },
      );
      fuzzed.judge({ status: answer.status, body: JSON.stringify(answer.body) });
    });
    await fuzzed.after();
  });

  it('takes whatever comes over HTTP, where operators are served too', async () => {
    const { admin, token, program } = fuzzed;
    const word = fc.oneof(
      fc.constantFrom('slack', 'events', 'api', 'messages', 'status', 'healthz', 'readyz', '..', '%00', '%', '?a=b'),
      fc.webSegment(),
    );
    const request = fc.record({
      to: fc.constantFrom(admin, program.url),
      path: fc.array(word, { maxLength: 4 }).map((words) => `/${words.join('/')}`),
      method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
      authorization: mutatedText(`Bearer ${token}`).map((text) => text.replace(/[^\x20-\x7e]/g, '').trim()),
      type: fc.constantFrom(
        'application/json',
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        '',
      ),
      body: fc.oneof(fc.string({ maxLength: 200 }), fc.json(), fc.constant('x'.repeat(400_000))),
    });
    await holds('requests over HTTP', request, RUNS, async ({ to, path, method, authorization, type, body }) => {
      const hasBody = !['GET', 'HEAD'].includes(method);
      const headers = { authorization, ...(type === '' ? {} : { 'content-type': type }) };
      // A body that is refused before it is read may cut the connection instead.
      const answer = await fetch(`${to}${path}`, { method, headers, ...(hasBody ? { body } : {}) }).catch(
        () => undefined,
      );
      if (answer) fuzzed.judge({ status: answer.status, body: await answer.text() });
      if (path === '/status' && authorization !== `Bearer ${token}`) expect(answer?.status).not.toBe(200);
    });
    await fuzzed.after();
    expect(rss() - rssKb).toBeLessThan(MOST_MORE_KB);
  });
});

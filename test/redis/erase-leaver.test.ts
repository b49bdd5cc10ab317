import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eraseAgain, erasePerson } from '../../src/app/evidence/erase.ts';
import { JitError, keptSpans } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';
import { askedAgain } from '../../src/core/request/again.ts';
import { failed } from '../../src/core/request/closing.ts';
import { extensionAsked, extensionReviewed } from '../../src/core/request/extending.ts';
import { denied, reviewed, troubled, withdrawn } from '../../src/core/request/life.ts';
import type { Request } from '../../src/core/request/request.ts';
import { keptChanges } from '../../src/core/view/difference.ts';
import { change, end, open, pending } from '../conformance/fixtures.ts';
import { eraseWorld, LIN } from './erase-world.ts';
import { everythingIn } from './everything.ts';
import { redisOfFile } from './server.ts';

const BY = { by: { user: 'ops', host: 'h1' }, as: 'commandLine', words: 'asked by letter' } as const;
const OURS = { id: 'drawbridge', name: 'Drawbridge' };
const ADA = { id: 'ada', name: 'Ada Okafor' };
const LEFT = new JitError('leaver', { name: ADA.name });

const server = redisOfFile();
let redis: Redis;
let folder: string;
let prefix = '';
beforeEach(() => {
  prefix = server.prefix();
  redis = server.client();
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-erase-leaver-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Lin's request as it became, stored; what Redis says of Ada by name once she is erased. */
async function erased(
  asked: readonly { readonly id: string; readonly name: string }[],
  become: (at: number) => Request,
) {
  const own = eraseWorld({ redis, prefix, folder });
  const { at } = await own.store.now();
  const lins = { requester: LIN, asked, source: '198.51.100.1/32', justification: 'x', places: [] };
  await own.store.save([change(pending('fffffff', at, lins), 0)]);
  await own.store.save([change({ ...become(at), version: 2 }, 1)]);
  expect((await everythingIn(redis, `{${prefix}}:request:`)).join('\n')).toContain(ADA.name);
  await erasePerson(own.deps, 'ada', BY);
  expect((await eraseAgain(own.deps))[0]).toMatchObject({ changed: 0, left: 0 });
  const left = (await everythingIn(redis, `{${prefix}}`)).filter((line) => line.includes(ADA.name));
  return { left, request: (await own.store.load('fffffff')).request };
}

const lins = { requester: LIN, asked: [ADA], source: '198.51.100.1/32', justification: 'x', places: [] };

describe('somebody who approved for others, left, and is erased', () => {
  it('is not named by why what they approved was closed', async () => {
    const { left, request } = await erased([ADA], (at) => {
      const { ending, timeline } = failed(open(pending('fffffff', at, lins), at), LEFT, at + 3);
      return { ...end(open(pending('fffffff', at, lins), at), at + 5), ending, timeline };
    });
    expect(left).toEqual([]);
    const say = 'The account of ada is disabled or gone. Whoever still needs access has to request it.';
    expect(request).toMatchObject({ ending: { code: 'leaver', say, words: { name: 'ada' } } });
    expect(request?.timeline.at(-1)).toMatchObject({ event: 'failed', text: say });
  });

  it('is not named by why what they approved was refused', async () => {
    const { left, request } = await erased([ADA], (at) =>
      denied(pending('fffffff', at, lins), { by: OURS, at, verdict: 'deny', reason: LEFT.say }),
    );
    expect(left).toEqual([]);
    const reason = 'The account of ada is disabled or gone.';
    expect(request).toMatchObject({
      reviews: [{ by: OURS, reason }],
      timeline: [{}, { event: 'denied', text: reason }],
    });
  });

  it('is not named where they approved more time that nobody else approved', async () => {
    const { left, request } = await erased([], (at) => {
      const active = open(pending('fffffff', at, { ...lins, asked: [] }), at);
      const extension = { by: LIN, at, version: 2, forMs: 1, answerBy: at + 9, reviews: [] };
      const review = { by: ADA, at, verdict: 'approve' } as const;
      const closing = failed(extensionReviewed(extensionAsked(active, extension), review), LEFT, at + 3);
      const { ending, timeline, named, reviews } = closing;
      return { ...end(active, at + 5), ending, timeline, reviews, ...(named ? { named } : {}) };
    });
    expect(left).toEqual([]);
    expect(request).toMatchObject({ ending: { words: { name: 'ada' } } });
  });

  it('is not named where it was asked again, as their approval counted no more', async () => {
    const { left, request } = await erased([], (at) => {
      const own = reviewed(pending('fffffff', at, { ...lins, asked: [] }), { by: ADA, at, verdict: 'approve' });
      const { words, code } = new JitError('approvalVoid', { name: ADA.name });
      const said = keptChanges([say`${keptSpans({ code, words, say: '' })}`]);
      return withdrawn(askedAgain(own, at, said, { standing: [] }), LIN, at);
    });
    expect(left).toEqual([]);
    expect(request?.timeline.find(({ event }) => event === 'asked again')?.text).toContain('ada');
  });

  it('is not named by what did not work, and what others wrote stays theirs', async () => {
    const { left, request } = await erased([ADA], (at) => {
      const ended = { ...end(open(pending('fffffff', at, lins), at), at + 5), justification: 'Ada is away' };
      const { trouble } = troubled(ended, LEFT, at);
      return { ...ended, ...(trouble ? { trouble } : {}) };
    });
    expect(left).toEqual([]);
    expect(request).toMatchObject({ justification: 'Ada is away', trouble: { words: { name: 'ada' } } });
  });
});

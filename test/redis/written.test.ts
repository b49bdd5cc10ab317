import { describe, expect, it } from 'vitest';
import { type Status, WORKFLOW } from '../../src/core/request/workflow.ts';
import { sealer } from '../../src/core/rule/seal.ts';
import { redisStore } from '../../src/redis/store.ts';
import { change } from '../conformance/fixtures.ts';
import { inStatus } from '../core/samples.ts';
import { QUIET, redisOfFile } from './server.ts';

const server = redisOfFile();
const seals = sealer('test', 'requests', [{ id: 'k1', secret: 'of this test' }]);
const STATES = Object.keys(WORKFLOW) as Status[];

/** Two processes on one Redis: what the first wrote it remembers, and the second has to read it. */
function two(options: { readonly seals?: typeof seals }) {
  const [prefix, redis] = [server.prefix(), server.client()];
  const process = () => redisStore({ redis, prefix, log: QUIET, ...options });
  return { redis, prefix, writer: process(), reader: process() };
}

describe.each([
  ['sealed', { seals }],
  ['without seals', {}],
])('what a process wrote, %s', (_, options) => {
  it.each(STATES)('is to itself what every other process reads: %s', async (status) => {
    const { writer, reader } = two(options);
    const request = inStatus(status);
    expect(await writer.save([change(request, 0)])).toEqual(['saved']);
    const [known, read] = [await writer.load(request.id), await reader.load(request.id)];
    expect(read.request?.id).toBe(request.id);
    expect(known.request).toEqual(read.request);
  });

  it('counts no more once somebody else wrote another letter', async () => {
    const { redis, prefix, writer } = two(options);
    const request = inStatus('pending');
    await writer.save([change(request, 0)]);
    const key = `{${prefix}}:request:${request.id}`;
    const record = (await redis.get(key)) ?? '';
    await redis.set(key, record.replace(request.justification, `${request.justification}!`));
    const { request: read } = await writer.load(request.id);
    expect(read?.justification).toBe(`${request.justification}!`);
    expect(read?.isUnsealed).toBe('seals' in options ? true : undefined);
  });
});

it('a change that was stale is not remembered', async () => {
  const { writer, reader } = two({ seals });
  const request = inStatus('pending');
  await writer.save([change(request, 0)]);
  expect(await writer.save([change({ ...request, justification: 'another', version: 9 }, 8)])).toEqual(['stale']);
  expect((await writer.load(request.id)).request).toEqual((await reader.load(request.id)).request);
});

import { describe, expect, it } from 'vitest';
import { why } from '../../src/app/request/why.ts';
import { plain } from '../../src/core/language/text.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import type { MachineState } from '../../src/ports/cloud.ts';
import type { Witness } from '../../src/ports/witness.ts';
import { approved } from './approved.ts';
import { ADA, MACHINE } from './fixtures.ts';

const HOUR_MS = 3_600_000;
const ADDRESS = { address: '198.51.100.10', isPublic: true, isServed: true };

/** Open until the hour is over; then the witness gets in, or does not. */
async function start(reached: Witness['reached'] | undefined) {
  const made = await approved();
  const tried: (readonly [readonly string[], number])[] = [];
  const witness: Witness = {
    async reached(addresses, port, signal) {
      tried.push([addresses, port.number]);
      return reached?.(addresses, port, signal);
    },
  };
  const { look } = made.cloud;
  made.cloud.look = async (...given): Promise<MachineState> => ({ ...(await look(...given)), addresses: [ADDRESS] });
  if (reached) Object.assign(made.deps, { witness });
  await made.converge();
  const close = async () => {
    made.clock.advance(HOUR_MS);
    await made.converge();
    const request = await made.load();
    if (request?.status !== 'ended') throw new Error(`it is ${request?.status}`);
    return request;
  };
  return { ...made, tried, close };
}

describe('a connection from where the program runs', () => {
  it('is not tried unless it is wanted', async () => {
    const { tried, close } = await start(undefined);
    expect((await close()).proof.verdict).toBe('closed');
    expect(tried).toEqual([]);
  });

  it('makes a proof “not known”, loudly, where it succeeds after the closing', async () => {
    const { tried, close } = await start(async ([first]) => first);
    const request = await close();
    expect(tried).toEqual([[['198.51.100.10'], 22]]);
    expect(request.proof.ports).toEqual([
      {
        port: { number: 22, protocol: 'tcp' },
        verdict: 'unknown',
        why: 'a connection from where Drawbridge runs to 198.51.100.10 succeeded, although nothing that was read lets it in',
      },
    ]);
    expect(viewOf(request).tone).toBe('alarm');
  });

  it('proves nothing where it fails, or where the machine cannot be read', async () => {
    const fails = await start(async () => undefined);
    expect((await fails.close()).proof.verdict).toBe('closed');
    const unread = await start(async ([first]) => first);
    unread.cloud.look = () => Promise.reject(new Error('away'));
    expect((await unread.close()).proof.verdict).toBe('closed');
    expect(unread.tried).toEqual([]);
  });

  it('is told by why where it succeeds', async () => {
    const { deps, cloud } = await start(async ([first]) => first);
    const ways = [{ to: '10.0.0.4', steps: [] }];
    Object.assign(cloud, { trace: async () => ({ machine: MACHINE, ways }) });
    const { sections } = await why(deps, ADA, { machine: 'api-1', source: '203.0.113.7' });
    const said = sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line)));
    expect(said).toContain(
      'A connection from where Drawbridge runs to 198.51.100.10 at port 22 succeeds now: it is open from there.',
    );
  });
});

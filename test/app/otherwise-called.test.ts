import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Machine } from '../../src/core/machine/machine.ts';
import { MACHINE, SENDER, world } from './fixtures.ts';

const OTHER: Machine = { ...MACHINE, id: 'aws:123456789012:eu-west-1:i-0123456789abcdef1', name: 'db-1' };
const INSTANCE = 'i-0123456789abcdef0';

/** A request for `api-1`, whose machine is called otherwise then. */
async function asked(called: readonly Machine[] = [MACHINE, OTHER]) {
  const made = world();
  made.cloud.machineList = [MACHINE, OTHER];
  const box = inbox(made.deps);
  await box.command({ ...SENDER, key: 'asked' }, 'request api-1 22 from 203.0.113.7 because x');
  made.cloud.machineList = called;
  const [request] = await made.deps.store.live(1);
  const types = async (text: string, user: string = SENDER.user) => {
    const { lines } = await box.command({ ...SENDER, user, key: `${user} ${text}` }, text);
    return lines.map(plain).join(' ');
  };
  const status = async () => (await made.deps.store.load(request?.id ?? '')).request?.status;
  return { ...made, request, types, status };
}

describe('a request is found by what its machine is called', () => {
  it.each([
    ['its id', MACHINE.id],
    ['its instance', INSTANCE],
    ['its instance in capitals', INSTANCE.toUpperCase()],
  ])('by %s', async (_, typed) => {
    const { types, status } = await asked();
    await types(`withdraw ${typed}`);
    expect(await status()).toBe('withdrawn');
  });

  it('by its id also where it is gone, and nobody can look', async () => {
    const { types, request, cloud } = await asked([]);
    cloud.unread = ['eu-west-1 of 123456789012'];
    expect(await types(`deny ${INSTANCE} because it is gone`, 'U2')).toContain(
      `To deny this: \`/jit deny ${request?.id} because it is gone\``,
    );
  });

  it('by the name that it has now, beside the one that it had', async () => {
    const renamed = { ...MACHINE, name: 'api-blue' };
    for (const name of ['api-blue', 'api-1']) {
      const { types, status } = await asked([renamed, OTHER]);
      await types(`withdraw ${name}`);
      expect(await status()).toBe('withdrawn');
    }
  });

  it('and never by the name of another, nor where nobody can tell', async () => {
    const { types, status, cloud } = await asked([{ ...MACHINE, name: 'api-blue' }, OTHER]);
    expect(await types('withdraw db-1')).toContain('There is no request “db-1”');
    cloud.unread = ['eu-west-1 of 123456789012'];
    // Nobody can tell: it may be the name that it has now.
    expect(await types('withdraw nobody-knows')).toContain('it could not read eu-west-1 of 123456789012');
    expect(await status()).toBe('pending');
  });

  it('is not found by an address that another machine has by now', async () => {
    const { types, status, cloud } = await asked();
    cloud.addressed = async () => ({ machines: [OTHER.id], unread: [] });
    expect(await types('withdraw 198.51.100.9')).toContain('There is no request “198.51.100.9”');
    expect(await status()).toBe('pending');
    cloud.addressed = async () => ({ machines: [MACHINE.id], unread: [] });
    await types('withdraw 198.51.100.9');
    expect(await status()).toBe('withdrawn');
  });

  it('is one that fits, also where the one of that name only waits', async () => {
    const { types, status, cloud, deps } = await asked();
    const { look } = cloud;
    cloud.look = async (id, signal) => ({ ...(await look(id, signal)), machine: id === OTHER.id ? OTHER : MACHINE });
    await types('request db-1 22 from 203.0.113.7 because x');
    const open = (await deps.store.live(2)).find(({ machine }) => machine === OTHER.id);
    await types(`approve ${open?.id}`, 'U2');
    await converge(deps, OTHER.id, new AbortController().signal);
    // They have changed their names.
    cloud.machineList = [
      { ...MACHINE, name: 'db-1' },
      { ...OTHER, name: 'api-1' },
    ];
    expect(await types('revoke api-1')).toContain(`Request \`${open?.id}\` for db-1: revoked`);
    expect(await status()).toBe('pending');
  });

  describe('after blue and green changed their names', () => {
    const blue = { ...MACHINE, name: 'db-1' };
    const green = { ...OTHER, name: 'api-1' };

    async function swapped(called: readonly Machine[] = [blue, green]) {
      const made = await asked();
      const { look } = made.cloud;
      made.cloud.look = async (id, signal) => ({
        ...(await look(id, signal)),
        machine: id === OTHER.id ? OTHER : MACHINE,
      });
      await made.types('request db-1 22 from 203.0.113.7 because x');
      const second = (await made.deps.store.live(2)).find(({ machine }) => machine === OTHER.id);
      made.cloud.machineList = called;
      const load = async (id = '') => (await made.deps.store.load(id)).request?.status;
      const states = async () => [await load(made.request?.id), await load(second?.id)];
      return { ...made, second, states };
    }

    it.each([
      ['api-1', ['pending', 'withdrawn']],
      ['db-1', ['withdrawn', 'pending']],
    ])('%s is what is called so now', async (name, expected) => {
      const { types, states } = await swapped();
      const other = name === 'api-1' ? 'db-1' : 'api-1';
      expect(await types(`withdraw ${name}`)).toMatch(
        new RegExp(`for ${other}: withdrawn by Ada\\. ${other} is called ${name} now\\.$`),
      );
      expect(await states()).toEqual(expected);
    });

    it('it is asked which where two are called so now', async () => {
      const { types, states, request, second } = await swapped([MACHINE, green]);
      const answer = await types('withdraw api-1');
      for (const id of [request?.id, second?.id]) expect(answer).toContain(id);
      expect(await states()).toEqual(['pending', 'pending']);
    });

    it('it is what was called so where nobody can look', async () => {
      const { types, states, cloud } = await swapped();
      cloud.machines = async () => {
        throw new Error('away');
      };
      await types('withdraw api-1');
      expect(await states()).toEqual(['withdrawn', 'pending']);
    });

    it('a closing waits no longer than two seconds for clouds that are silent', async () => {
      const { types, states, cloud } = await swapped();
      Object.assign(cloud, {
        machines: (signal: AbortSignal) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      });
      const begun = performance.now();
      await types('withdraw api-1');
      expect(await states()).toEqual(['withdrawn', 'pending']);
      expect(performance.now() - begun).toBeLessThan(6_000);
    });

    it('it is what was called so where nothing that can be meant is called so now', async () => {
      const { types, states } = await swapped([blue, { ...OTHER, name: 'web-9' }]);
      await types('withdraw api-1');
      expect(await states()).toEqual(['withdrawn', 'pending']);
    });
  });

  it('is told what stands against it there', async () => {
    const { types, request } = await asked([{ ...MACHINE, name: 'api-blue' }, OTHER]);
    expect(await types('extend api-blue 1h')).toContain(
      `There is nothing to extend on api-1. Its request \`${request?.id}\``,
    );
  });
});

it('two requests of one name are told apart by their machines where it has to be said which', async () => {
  const made = world();
  const twin = { ...OTHER, name: 'api-1' };
  made.cloud.machineList = [MACHINE, twin];
  const { look } = made.cloud;
  made.cloud.look = async (id, signal) => ({ ...(await look(id, signal)), machine: id === twin.id ? twin : MACHINE });
  const box = inbox(made.deps);
  for (const { id } of [MACHINE, twin])
    await box.command({ ...SENDER, key: id }, `request ${id} 22 from 203.0.113.7 because x`);
  const { lines } = await box.command({ ...SENDER, key: 'then' }, 'withdraw api-1');
  expect(lines.map(plain).join(' ')).toMatch(
    /\(api-1 \(i-0123456789abcdef[01]\)\), .* \(api-1 \(i-0123456789abcdef[01]\)\)/,
  );
});

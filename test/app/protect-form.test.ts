import { describe, expect, it } from 'vitest';
import { portsFormFor, submitPorts } from '../../src/app/protect/form.ts';
import type { Protection } from '../../src/core/machine/protection.ts';
import { approved } from './approved.ts';
import { ADA, GRACE, inSlack, MACHINE } from './fixtures.ts';

const HOUR_MS = 3_600_000;
const SSH = { number: 22, protocol: 'tcp' } as const;

/** A machine that is protected on 22 and 3389, where Ada has access to 22; and all that is written for it. */
async function edited() {
  const made = await approved();
  const deps = { ...made.deps, rules: { ...made.deps.rules, protectors: ['person:grace'] as const } };
  const { cloud } = made;
  const written: string[] = [];
  let ports: Protection['ports'] = [
    { port: SSH, sources: ['203.0.113.0/28', '2001:db8::/64'], longestMs: 3 * HOUR_MS },
    { port: { number: 3389, protocol: 'tcp' }, sources: [], longestMs: 24 * HOUR_MS },
  ];
  cloud.look = async () => ({ machine: MACHINE, protection: { ports }, standing: [] });
  cloud.protect = async (id, wanted, signal) => {
    written.push(`+ ${wanted.ports.map(({ port }) => port.number)}`);
    ports = [
      ...ports.filter((one) => !wanted.ports.some((other) => other.port.number === one.port.number)),
      ...wanted.ports,
    ];
    return cloud.look(id, signal);
  };
  cloud.unprotect = async (id, signal, gone = []) => {
    written.push(`- ${gone.map(({ number }) => number)}`);
    ports = ports.filter(({ port }) => !gone.some(({ number }) => number === port.number));
    return cloud.look(id, signal);
  };
  const form = () => portsFormFor(deps, 'api-1', inSlack(GRACE));
  const submit = async (lines: string) => submitPorts(deps, { ...(await form()), ports: lines }, inSlack(GRACE));
  return { ...made, deps, written, form, submit };
}

describe('the form for the ports of a machine', () => {
  it('shows what is protected, one line a port, and reads it back as it was', async () => {
    const { form, submit, written } = await edited();
    const { lines, machine, name } = await form();
    expect({ machine, name }).toEqual({ machine: MACHINE.id, name: 'api-1' });
    expect(lines).toBe('22 from 203.0.113.0/28 or 2001:db8::/64 for 3 h\n3389 for 1 d');
    await submit(lines);
    expect(written).toEqual([]);
  });

  it('begins with the usual ports where nothing is protected', async () => {
    const { form, cloud } = await edited();
    cloud.look = async () => ({ machine: MACHINE, standing: [] });
    expect((await form()).lines).toBe('22 for 1 d\n3389 for 1 d\n5985 for 1 d\n5986 for 1 d');
  });

  it('adds, changes and takes away, the last only when the others are written', async () => {
    const { submit, written, form } = await edited();
    await submit('22 from 203.0.113.0/28 for 1h\r\n\r\n8443');
    expect(written).toEqual(['+ 22,8443', '- 3389']);
    expect((await form()).lines).toBe('22 from 203.0.113.0/28 for 1 h\n8443 for 1 d');
  });

  it('does not take away a port that somebody has access to', async () => {
    const { submit, written } = await edited();
    await expect(submit('3389')).rejects.toMatchObject({ code: 'stillLeased' });
    expect(written).toEqual([]);
  });

  it('loses nothing that somebody else changed since it was opened', async () => {
    const { deps, form, submit, written } = await edited();
    const old = await form();
    await submit('22 for 1h\n3389');
    const late = submitPorts(deps, { ...old, ports: '22' }, inSlack(GRACE));
    await expect(late).rejects.toMatchObject({ code: 'changedMeanwhile' });
    expect(written).toEqual(['+ 22']);
  });

  it.each([
    ['', 'missingPorts'],
    [' \n ', 'missingPorts'],
    ['22\n22/udp', 'repeatedPort'],
    ['22 for 4m', 'tooShort'],
    ['22 for 25h', 'tooLong'],
    ['22 from nowhere', 'malformedSource'],
    ['22 for ever', 'malformedDuration'],
    ['0', 'malformedPort'],
    ['from 203.0.113.7', 'missingPorts'],
  ])('refuses %j: %s', async (lines, code) => {
    const { submit, written } = await edited();
    await expect(submit(lines)).rejects.toMatchObject({ code });
    expect(written).toEqual([]);
  });

  it('is for those who may protect', async () => {
    const { deps, form } = await edited();
    await expect(portsFormFor(deps, 'api-1', inSlack(ADA))).rejects.toMatchObject({ code: 'notProtector' });
    const late = submitPorts(deps, { ...(await form()), ports: '22' }, inSlack(ADA));
    await expect(late).rejects.toMatchObject({ code: 'notProtector' });
  });
});

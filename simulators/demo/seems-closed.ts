import { defaultMachines, type MachineSpec } from '../azure/machines.ts';

/**
 * A machine that a rule seems to close, and that is open to everybody: what the rule denies is for the destination `Internet`,
 * which no machine's private address is in. `/jit why build-1 22 from 203.0.113.7` says so.
 */
const build: MachineSpec = {
  name: 'build-1',
  tags: { env: 'prod', team: 'platform' },
  interfaces: [{ privateIps: ['10.0.6.4'], publicIp: '198.51.100.7', subnet: 'build', nicNsg: 'build-1-nsg' }],
  standing: [
    {
      nsg: 'build-1-nsg',
      rule: {
        name: 'deny-ssh-internet',
        priority: 250,
        access: 'Deny',
        source: '*',
        destination: 'Internet',
        ports: '22',
      },
    },
    { nsg: 'build-1-nsg', rule: { name: 'allow-ssh', priority: 300, source: '0.0.0.0/0', ports: '22' } },
  ],
};

/** The usual machines, and that one among the first, where the page shows it. */
export function withOneThatSeemsClosed(): { readonly machines: readonly MachineSpec[] } {
  const [first, ...others] = defaultMachines;
  return { machines: [...(first ? [first] : []), build, ...others] };
}

import type { Entry } from './entry.ts';

/** What can be wrong with a machine, a role or a cloud. */
export const CLOUD_ERRORS = {
  machineGone: { kind: 'notFound', say: '{machine} does not exist any more.', hint: 'Nothing was opened.' },
  machineReplaced: {
    kind: 'conflict',
    say: '{machine} is not the machine that was asked for: it was deleted, and made again under the same name.',
    hint: 'Ask for access to the new one.',
  },
  machineUnreachable: {
    kind: 'refused',
    say: '{machine} has no address or network interface to open a port on.',
    hint: 'Look at the machine in its cloud.',
  },
  behindFirewall: {
    kind: 'refused',
    say: '{machine} is behind the firewall {firewall}, where what Defender opens cannot be proven closed.',
    hint: 'Use `backend: nsg` for its subscription: then Drawbridge opens the firewall itself.',
  },
  notProtectable: {
    kind: 'refused',
    say: '{machine} has no network security group and no firewall in front of it: there is nothing to close.',
    hint: 'Give its interface or subnet a network security group, then try again.',
  },
  otherProduct: {
    kind: 'conflict',
    say: '{by} seems to open {machine} on request already: its network interface has the security group {through}.',
    hint: 'Turn it off there first, or write `anyway` behind the command.',
  },
  interfaceFull: {
    kind: 'refused',
    say: '{machine} has no room for one more security group: it has {count}, and AWS allows {most}.',
    hint: 'Take one off its network interface, or have the quota “Security groups per network interface” raised.',
  },
  groupFull: {
    kind: 'refused',
    say: 'The security group has no room for another rule.',
    hint: 'Take rules out of it, or have the quota “Inbound or outbound rules per security group” raised (60 unless you did).',
  },
  cannotClose: {
    kind: 'refused',
    say: 'Drawbridge cannot close what others let stand open on {machine}.',
    hint: 'Close it in its cloud; `leaving` protects the machine and leaves it.',
  },
  badUndo: {
    kind: 'misconfigured',
    say: 'The undo record {file} cannot be read.',
    hint: 'Name a folder of undo records, or one of its files; bring a damaged one back from a backup.',
  },
  namesTooLong: {
    kind: 'refused',
    say: 'The names of the policy {policy} and of {machine} are too long together: Azure takes {most} characters.',
    hint: 'Use the `nsg` backend for this subscription, or a machine with a shorter name.',
  },
  noPlan: {
    kind: 'refused',
    say: 'Defender for Servers Plan 2 is not on for the subscription of {machine}.',
    hint: 'Turn the plan on, then try again.',
  },
  tooLittleLeft: {
    kind: 'refused',
    say: 'Too little time was left to open {machine}: Defender opens for five minutes or more.',
    hint: 'Ask again.',
  },
  endedBeforeOpen: { kind: 'refused', say: 'The time was over before the port could be opened.', hint: 'Ask again.' },
  cloudRefused: { kind: 'refused', say: '{cloud} refused: {code}.', hint: 'The log has the details; look for {code}.' },
  cloudDenied: {
    kind: 'refused',
    say: '{cloud} does not let Drawbridge do this ({code}).',
    hint: 'Check the role that Drawbridge has there; the folder manifests says what it needs.',
  },
  cloudBusy: { kind: 'busy', say: '{cloud} is busy; trying again.' },
  cloudSilent: { kind: 'busy', say: '{cloud} did not answer; trying again.' },
  locked: { kind: 'busy', say: 'Another change to {machine} is under way; trying again.' },
} as const satisfies Record<string, Entry>;

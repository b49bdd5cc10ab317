import type { Entry } from './entry.ts';

/** What can be wrong with a machine, a role or a cloud. */
export const CLOUD_ERRORS = {
  machineGone: {
    kind: 'notFound',
    say: '{machine} no longer exists.',
    hint: 'Nothing was opened. If it was replaced, request the new machine.',
  },
  unconditional: {
    kind: 'busy',
    say: '{what} can only be written as a whole, and not on the condition that nobody else changed it.',
    hint: 'Rules there are closed once Redis can be written again. To close one now, remove it in the Azure portal.',
  },
  machineReplaced: {
    kind: 'conflict',
    say: '{machine} is not the machine that was requested: it was deleted and created again under the same name.',
    hint: 'Request access to the new one.',
  },
  machineUnreachable: {
    kind: 'refused',
    say: '{machine} has no address or network interface to open a port on.',
    hint: 'Check the machine in its cloud.',
  },
  noAddress: {
    kind: 'refused',
    say: '{machine} has no {family} address, so nobody gets in from {source}.',
    hint: 'Request from an {other} address; it has {addresses}.',
  },
  addressNotServed: {
    kind: 'refused',
    say: 'From {source} people connect to {machine} at {addresses}, on a network interface that Drawbridge does not open.',
    hint: 'In AWS, protect the machine again; in Azure, give that interface or its subnet a network security group.',
  },
  behindFirewall: {
    kind: 'refused',
    say: '{machine} is behind the firewall {firewall}, where ports opened by Defender cannot be proven closed.',
    hint: 'Set `backend: nsg` for its subscription; Drawbridge then opens the firewall itself.',
  },
  notProtectable: {
    kind: 'refused',
    say: '{machine} has no network security group and no firewall, so there is nothing to close.',
    hint: 'Attach a network security group to its interface or subnet, then try again.',
  },
  otherProduct: {
    kind: 'conflict',
    say: '{by} seems to open {machine} on request already: its network interface has the security group {through}.',
    hint: 'Turn it off there first, or add `anyway` to the command.',
  },
  interfaceFull: {
    kind: 'refused',
    say: '{machine} cannot take another security group: it has {count}, and AWS allows {most}.',
    hint: 'Detach one, or raise the quota “Security groups per network interface”.',
  },
  protectionTooLong: {
    kind: 'refused',
    say: '{count} ports with their limits are too many for {machine}: {cloud} keeps them in {most} characters, and they take {length}. Nothing was changed.',
    hint: 'Protect fewer ports, or limit them to fewer and wider networks, such as `203.0.113.0/24` instead of each address in it.',
  },
  foreignInterface: {
    kind: 'refused',
    say: 'The security group {group} of {machine} is also on {others}: what is opened on {machine} is open there too.',
    hint: 'Take the group off there, or set `aws.foreignInterfaces: detach`.',
  },
  groupTakenOff: {
    kind: 'conflict',
    say: 'The security group {group} was taken off {machine}{by} and could not be kept there, so nobody could get in.',
    hint: 'Let whatever manages the groups of its interface leave this one alone (manifests/aws/groups.md), then request access again.',
  },
  groupsChanged: {
    kind: 'conflict',
    say: 'The network security groups of {machine} were changed, and this access could not be kept open in {group}, so nobody could get in.',
    hint: 'Let whatever manages these groups leave them as they are while somebody has access, then request access again.',
  },
  groupInUse: {
    kind: 'conflict',
    say: 'AWS does not delete the security group while something uses it.',
    hint: 'Take it off the interfaces that it is on, and out of the rules that name it, then try again.',
  },
  groupFull: {
    kind: 'refused',
    say: 'The security group cannot take another rule.',
    hint: 'Remove rules, or raise the quota “Inbound or outbound rules per security group” (60 by default).',
  },
  halfClosed: {
    kind: 'refused',
    say: 'The lockdown of {group} stopped half way and could not be undone: {code}.',
    hint: 'Repeat the command to go on. The old rules are recorded and can be put back.',
  },
  cannotClose: {
    kind: 'refused',
    say: 'Drawbridge cannot close the standing rules of {machine}.',
    hint: 'Close them in the cloud, or add `leaving` to protect the machine and leave them open.',
  },
  badUndo: {
    kind: 'misconfigured',
    say: 'The undo record {file} cannot be read.',
    hint: 'Give a folder of undo records or one of its files; restore a damaged file from a backup.',
  },
  azureInTheWay: {
    kind: 'refused',
    say: 'This is not possible in Azure: {why}.',
    hint: 'Nothing was written there. Change that first, then try again.',
  },
  deniedInGcp: {
    kind: 'refused',
    say: 'A firewall rule of Google Cloud keeps {source} from {machine}.',
    hint: 'A firewall policy, or a deny rule with priority {priority} or less, is stronger than Drawbridge’s rules. Change it, or set gcp.priority.',
  },
  deniedByManager: {
    kind: 'refused',
    say: 'The security admin rule {rule} keeps {source} from {port} of {machine}, whatever is opened.',
    hint: 'Nothing was opened. Ask whoever manages that network manager in Azure.',
  },
  groupOfOtherCloud: {
    kind: 'refused',
    say: 'The source {source} is in AWS, and {machine} is not: no rule there can let it in.',
    hint: 'Request from an address or prefix.',
  },
  groupElsewhere: {
    kind: 'refused',
    say: 'A rule for {source} would let nobody into {machine}: {why}.',
    hint: 'Request from an address or prefix, or ask your Drawbridge administrator to name a security group of the machine’s VPC.',
  },
  deniedByAcl: {
    kind: 'refused',
    say: 'The network ACL {acl} of the subnet keeps {source} from port {port} of {machine}, whatever is opened.',
    hint: 'Nothing was opened. Ask whoever manages that network ACL in AWS: it has to let packets in, and the answers out.',
  },
  shutToInternet: {
    kind: 'refused',
    say: '{source} does not get to {machine} over the Internet, whatever is opened: {because}.',
    hint: 'Nothing was opened. Come over a private network, or ask whoever manages that VPC in AWS.',
  },
  lockedAgainst: {
    kind: 'refused',
    say: 'The lock “{lock}” on {scope} would keep Drawbridge from closing {machine} again.',
    hint: 'Nothing was opened. Have the lock removed; where it only forbids deleting, `backend: nsg` works under it.',
  },
  scopeLocked: {
    kind: 'refused',
    say: 'A management lock on {scope} forbids this in Azure (ScopeLocked).',
    hint: 'Have the lock removed; Azure lists it under Locks.',
  },
  policyForbids: {
    kind: 'refused',
    say: 'The Azure Policy assignment {policy} forbids this.',
    hint: 'Ask whoever assigned the policy for an exemption for the rules of Drawbridge.',
  },
  denyAssignment: {
    kind: 'refused',
    say: 'The deny assignment {by} forbids Drawbridge {action}.',
    hint: 'Ask whoever made it, often a managed application or a deployment stack, to exclude Drawbridge.',
  },
  outsidePolicy: {
    kind: 'refused',
    say: 'Defender’s just-in-time policy does not allow this request: {what} goes beyond it.',
    hint: 'Request less, or change the protection.',
  },
  azureLimit: {
    kind: 'refused',
    say: 'A limit of Azure is reached: {limit}.',
    hint: 'Remove what is no longer needed there, or have the limit raised, then try again.',
  },
  policyUnclear: {
    kind: 'busy',
    say: 'Cannot tell what Defender’s policy {policy} holds: {why}.',
    hint: 'Nothing was written. Try again in a minute.',
  },
  policyLost: {
    kind: 'conflict',
    say: 'Defender’s policy {policy} no longer holds {machines}, which it held before it was written.',
    hint: 'Protect these machines again, and make sure that nobody else writes this policy as a whole.',
  },
  namesTooLong: {
    kind: 'refused',
    say: 'The names of the policy {policy} and of {machine} are too long together: Azure allows {most} characters.',
    hint: 'Set `backend: nsg` for the subscription, or use a machine with a shorter name.',
  },
  noPlan: {
    kind: 'refused',
    say: 'Defender for Servers Plan 2 is not enabled for the subscription of {machine}.',
    hint: 'Enable the plan and try again, or set `backend: nsg` for the subscription.',
  },
  tooLittleLeft: {
    kind: 'refused',
    say: 'Too little time was left to open {machine}: Defender needs at least five minutes.',
    hint: 'Request access again.',
  },
  endedBeforeOpen: {
    kind: 'refused',
    say: 'The access ended before the port could be opened.',
    hint: 'Request access again.',
  },
  tooManyGroups: {
    kind: 'refused',
    say: 'AWS allows no more security groups in this region.',
    hint: 'Delete unused ones (`/jit recommend` lists leftovers), or raise the quota “VPC security groups per Region”.',
  },
  goneInAws: {
    kind: 'conflict',
    say: 'AWS does not know something that is to be changed ({code}).',
    hint: 'Somebody may have deleted it. Try again: everything is read anew.',
  },
  regionOff: {
    kind: 'misconfigured',
    say: 'The AWS account has not enabled this region or service ({code}).',
    hint: 'Enable the region in the account, or remove it from `aws.accounts[].regions`.',
  },
  cloudRefused: {
    kind: 'refused',
    say: '{cloud} refused the call: {code}.',
    hint: 'The log has the details; look for {code}.',
  },
  notConfigured: {
    kind: 'misconfigured',
    say: 'The configuration does not have {where} any more, so Drawbridge can close nothing there.',
    hint: 'Put it back until what is open there has ended, or remove its rules in the cloud.',
  },
  cloudDenied: {
    kind: 'refused',
    say: '{cloud} does not allow Drawbridge to do this ({code}).',
    hint: 'Check the role that Drawbridge has there; the folder manifests lists what it needs.',
  },
  noCloudSignIn: {
    kind: 'refused',
    say: 'Nobody is signed in to {cloud} here.',
    hint: 'Sign in first, for example with `{how}`, then run the command again.',
  },
  cloudBusy: { kind: 'busy', say: '{cloud} is busy.', hint: 'Try again in a minute.' },
  closingsFull: {
    kind: 'refused',
    say: 'So many accesses end between {from} and {until} that {cloud} could not close {machine} in time.',
    hint: 'Request another end, such as an hour more or less; or request it again later.',
  },
  cloudSilent: { kind: 'busy', say: '{cloud} did not respond.', hint: 'Try again in a minute.' },
  cloudStrange: {
    kind: 'busy',
    say: 'What answered in place of {cloud} was not {cloud}.',
    hint: 'Try again in a minute. If it goes on, ask your Drawbridge administrator to look for a proxy or filter in between.',
  },
  sessionsStay: {
    kind: 'refused',
    say: 'Open sessions on {machine} cannot be cut: {why}.',
    hint: 'Read what it takes in manifests/aws/sessions.yaml.',
  },
  sessionsBeingCut: {
    kind: 'busy',
    say: 'Sessions of an access that has ended are being cut on {machine}; it opens right after.',
    hint: 'No action is needed.',
  },
  locked: { kind: 'busy', say: 'Another change to {machine} is in progress.', hint: 'Try again in a minute.' },
  lockLost: {
    kind: 'busy',
    say: 'Drawbridge had to stop changing this, as its turn was over: Redis was away, or the computer hung.',
    hint: 'It is tried again. If it goes on, tell your Drawbridge administrator.',
  },
} as const satisfies Record<string, Entry>;

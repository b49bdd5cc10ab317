import type { LockdownPlan, Stay } from '../../../src/core/machine/lockdown.ts';
import type { LockdownTarget } from '../backend.ts';

/** Defender writes the groups in front of a machine itself: a rule of ours between its own would be in its way. */
export async function planLockdown({ ports, standing }: LockdownTarget): Promise<LockdownPlan> {
  return { remedies: [], stays: await staysAt(ports, standing), isShared: false };
}

/** Gives all that stays. */
export async function lockDown({ ports, standing }: LockdownTarget): Promise<readonly Stay[]> {
  return staysAt(ports, standing);
}

async function staysAt(ports: LockdownTarget['ports'], standing: LockdownTarget['standing']): Promise<readonly Stay[]> {
  const rules = (await standing()).filter(({ port }) => ports.some((one) => one.number === port.number));
  return rules.map((rule) => ({
    rule,
    why: 'Defender writes these groups; change the rule in Azure, or use the nsg backend for this subscription',
  }));
}

import { z } from 'zod';
import type { MachinesMeant } from '../core/policy/machines.ts';
import { name, projectId, shaped, uuid } from './fields.ts';

const values = z.union(
  [z.string(), z.array(z.string()).min(1)],
  'must be a text or a list of texts (quote what looks like a number)',
);

const parts = {
  cloud: z.enum(['azure', 'aws', 'gcp']).optional().describe('Only machines of this cloud.'),
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be 12 digits')
    .optional()
    .describe('Only machines of this AWS account.'),
  subscription: uuid.optional().describe('Only machines of this Azure subscription.'),
  project: projectId.optional().describe('Only machines of this Google Cloud project.'),
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'must be a region such as eu-west-1 or westeurope')
    .optional()
    .describe('Only machines of this region, such as eu-west-1 or westeurope.'),
  group: z.string().min(1).optional().describe('Only machines of this Azure resource group; * matches any characters.'),
  network: z
    .string()
    .min(1)
    .optional()
    .describe('Only machines of this VPC, by ID, or virtual network, by name; * matches any characters.'),
  unit: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Only machines below this organizational unit (`ou-…`, or `r-…` for the root) or management group (by ID), at any depth. Needs `aws.units` or `azure.units`.',
    ),
  os: z.enum(['linux', 'windows']).optional().describe('Only machines with this operating system.'),
  names: z.array(z.string().min(1)).default([]).describe('Machine names; * matches any characters.'),
  tags: z
    .record(z.string(), values, shaped('must be a section such as { env: prod }'))
    .default({})
    .describe(
      'Tags the machine must have, all of them, each with the value or one of the values; * matches any characters, and case matters.',
    ),
};

const some = z.strictObject(parts);

/** All that is said must be so. */
const selected = z.strictObject({
  ...parts,
  any: z.array(some).min(1).optional().describe('One of these must be so as well.'),
  except: z.array(some).min(1).optional().describe('None of these may be so.'),
});

/** Which machines a policy or protection is about: a name of `machines`, or in place. */
export const machines = z
  .union([name, selected])
  .describe(
    'Which machines: a name from `machines`, or what they must be; all that is said must be so. What a cloud does not tell of a machine (`network` in Azure; `unit` without `azure.units` or `aws.units`) makes requests for it “cannot tell”, which refuses.',
  );

/** Names for sets of machines. */
export const namedMachines = z
  .record(name, selected)
  .default({})
  .describe('Named sets of machines, for policies and protections.');

/** As it stands in the file. */
export type MachinesGiven = z.output<typeof machines>;

/** The machines that are meant, in the core's words. A name that stands for none is a fault that was told before. */
export function machinesOf(sets: z.output<typeof namedMachines>, given: MachinesGiven): MachinesMeant {
  if (typeof given !== 'string') return meantBy(given);
  const set = Object.hasOwn(sets, given) ? sets[given] : undefined;
  if (!set) throw new Error(`no machines are called ${given}`);
  return meantBy(set);
}

function meantBy(given: z.output<typeof selected>): MachinesMeant {
  const { any, except } = given;
  return {
    ...partsOf(given),
    ...(any ? { any: any.map(partsOf) } : {}),
    ...(except ? { except: except.map(partsOf) } : {}),
  };
}

function partsOf(given: z.output<typeof some>): MachinesMeant {
  const { cloud, account, subscription, project, region, group, network, unit, os, names, tags } = given;
  const said = { cloud, account, subscription, project, region, group, network, unit, os };
  return { ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)), names, tags };
}

import { z } from 'zod';
import { type Code, ERRORS } from '../core/errors/errors.ts';
import type { Attribute } from '../core/people/attribute.ts';
import { moment } from './during.ts';
import { duration, names, ports, projectId, subject, uuid, zone } from './fields.ts';
import { ID } from './people.ts';

/** The form of a file of expectations, as `jit policy test` reads it. */

const text = z.string().min(1).max(300);
const id = z.string().regex(ID, 'must be the ID of a person');

const said = text.optional();
const attributes = {
  department: said,
  companyName: said,
  jobTitle: said,
  officeLocation: said,
  country: said,
  employeeType: said,
  costCenter: said,
} satisfies Readonly<Record<Attribute, typeof said>>;

const someone = z.strictObject({
  id,
  name: text.optional(),
  manager: id.optional(),
  groups: z.array(subject).default([]),
  guest: z.boolean().optional(),
  disabled: z.boolean().optional(),
  ...attributes,
});

const machine = z.strictObject({
  name: text.optional(),
  cloud: z.enum(['azure', 'aws', 'gcp']).optional(),
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be 12 digits')
    .optional(),
  subscription: uuid.optional(),
  project: projectId.optional(),
  region: text.optional(),
  group: text.optional(),
  network: text.optional(),
  units: z.array(text).optional(),
  os: z.enum(['linux', 'windows']).optional(),
  tags: z.record(z.string(), z.string()).default({}),
});

const CODES = Object.keys(ERRORS);
const code = z
  .custom<Code>(
    (word) => typeof word === 'string' && CODES.includes(word),
    'must be the code of an error, as docs/errors.md lists them',
  )
  .register(names, { among: () => CODES });

const expected = z.union([
  z.enum(['allowed', 'refused', 'auto']),
  z
    .strictObject({
      policy: text.optional(),
      needs: z.union([text, z.array(text)]).optional(),
      refused: z.union([code, z.array(code).min(1)]).optional(),
    })
    .refine(
      ({ policy, needs, refused }) => refused === undefined || (policy === undefined && needs === undefined),
      'cannot expect refused together with policy or needs',
    ),
]);

export const expectation = z.strictObject({
  name: text.optional(),
  who: id,
  machine: z.union([z.string().min(1), machine], { error: 'must be a name of `machines`, or a machine' }),
  port: z.union([
    ports,
    z
      .union([z.string(), z.number()])
      .transform((word) => [word])
      .pipe(ports),
  ]),
  from: text,
  for: duration.optional(),
  at: moment.optional(),
  because: text.optional(),
  breakGlass: z.boolean().optional(),
  onCall: z.record(z.string(), z.array(id)).optional(),
  expect: expected,
});

export const expectationsSchema = z.strictObject({
  zone: zone.default('UTC'),
  people: z.array(someone).default([]),
  machines: z.record(z.string(), machine).default({}),
  tests: z.array(expectation).min(1),
});

export type ExpectationsGiven = z.output<typeof expectationsSchema>;

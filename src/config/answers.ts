import { stringify } from 'yaml';
import { z } from 'zod';
import { badConfig } from '../core/errors/bad-config.ts';
import { textOfFile, whyUnread } from './bytes.ts';
import { awsRegion, gcp } from './clouds.ts';
import { faultsOf, wording } from './fault.ts';
import { duration, uuid } from './fields.ts';
import { person } from './people.ts';
import { place } from './places.ts';
import { configSchema } from './schema.ts';
import { formOf } from './secret-reference.ts';
import { readYaml } from './yaml.ts';

/** What is wrong with a typed answer, in the words of the setting that it becomes: what to type; undefined where it is right. */
export type AnswerFault = (text: string) => string | undefined;

const slack = configSchema.shape.slack.unwrap().shape;
const [slackPlace] = place.options;
const account = z.string().regex(/^\d{12}$/, 'must be the 12 digits of an AWS account, such as 123456789012');

const ownSecret = z
  .string()
  .regex(formOf('env', 'file'), 'must be env:NAME or file:/path; secrets do not belong in this file');

/** What `jit init` asks for by hand. */
export const ANSWERS = {
  installation: faultBy(configSchema.shape.installation),
  uuid: faultBy(uuid),
  account: faultBy(account),
  region: faultBy(awsRegion),
  project: faultBy(gcp.shape.projects.element),
  workspace: faultBy(slack.teamId),
  app: faultBy(slack.appId),
  slackChannel: faultBy(slackPlace.shape.slack),
  slackUser: faultBy(person.shape.slack.unwrap()),
  personName: faultBy(person.shape.name),
  duration: faultBy(duration),
  reference: faultBy(ownSecret),
} as const;

function faultBy(schema: z.ZodType): AnswerFault {
  return (text) => {
    const read = schema.safeParse(text, { error: wording });
    return read.success ? undefined : (faultsOf(read.error.issues)[0]?.message ?? 'cannot be read');
  };
}

/** A file of answers for `jit init`, as plain values. `badConfig` where it is no YAML, or no section. */
export function readAnswers(file: string): Readonly<Record<string, unknown>> {
  const what = 'The file of answers';
  let given: ReturnType<typeof textOfFile>;
  try {
    given = textOfFile(file);
  } catch (cause) {
    throw badConfig([`${file} ${whyUnread(cause)}`], cause, what);
  }
  if ('fault' in given) throw badConfig([given.fault.replace(/^drawbridge\.yaml/, file)], undefined, what);
  const { value, faults } = readYaml(given.text);
  if (faults.length > 0) throw badConfig(faults, undefined, what);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badConfig([`${file}: must be a section with answers, such as \`installation: prod\``], undefined, what);
  return value as Readonly<Record<string, unknown>>;
}

/** Settings as the text of a drawbridge.yaml. */
export function writtenConfig(settings: Readonly<Record<string, unknown>>, head: readonly string[]): string {
  return `${head.map((line) => `# ${line}\n`).join('')}${stringify(settings, { lineWidth: 120, aliasDuplicateObjects: false })}`;
}

import { createHash } from 'node:crypto';
import { checkedConfig } from '../configuration.ts';
import { badConfig } from '../core/errors/bad-config.ts';
import type { CloudName } from '../core/machine/machine.ts';
import { meaningOf } from '../core/view/doctor-page.ts';
import { awsRoleSteps } from './create-aws-roles.ts';
import { azureRoleSteps } from './create-azure-roles.ts';
import { sayLine, sayNotDone } from './output.ts';
import type { CreateOptions, RoleStep } from './role-plan.ts';

const LIMIT_MS = 5 * 60_000;
const DIGEST_LETTERS = 10;

/**
 * `jit roles azure|aws --create`: makes the roles that `jit roles` prints, with the sign-in at hand (`az login`, `aws sso login`). It says
 * first what it would do, and does it when the digest of that is given back. What is right is left alone, so that it can be run again;
 * nothing is assigned, and no role is deleted.
 */
export async function createRolesVerb(file: string, where: CloudName, options: CreateOptions): Promise<void> {
  if (where === 'gcp')
    throw badConfig(
      ['roles of Google Cloud are made by gcloud: `jit roles gcp > role.yaml`, whose first lines have the command'],
      undefined,
      'The command',
    );
  const { config } = await checkedConfig(file, { offline: true });
  const settings = config[where];
  if (!settings) throw badConfig([`${file} has no section ${where}`], undefined, 'The command');
  const signal = AbortSignal.timeout(LIMIT_MS);
  const plan = where === 'azure' ? azureRoleSteps : awsRoleSteps;
  const { steps, notes, after, takes } = await plan(config, options, signal);
  for (const line of [...steps.flatMap(({ lines }) => lines), ...notes]) sayLine(line);
  if (steps.length === 0) return sayLine('All roles are there, as they should be. Nothing is to be done.');
  const digest = digestOf(steps);
  if (options.dryRun) return sayLine(`Nothing was done. To do this: \`--yes ${digest}\``);
  if (options.yes !== digest) {
    const why =
      options.yes === undefined ? 'Nothing was done.' : 'Nothing was done: this is not what that digest was of.';
    return sayNotDone(`${why} If this is right, run it again with \`--yes ${digest}\``);
  }
  const failed = await failedOf(steps, signal);
  if (failed === 0) return sayLine(after);
  sayNotDone(
    `${failed} of ${steps.length} roles are missing. It takes ${takes}. Run it again: what is there is left alone.`,
  );
}

/** How many could not be made; each is told. */
async function failedOf(steps: readonly RoleStep[], signal: AbortSignal): Promise<number> {
  let failed = 0;
  for (const { name, done } of steps) {
    try {
      await done(signal);
      sayLine(`“${name}” is written.`);
    } catch (error) {
      failed += 1;
      sayNotDone(`“${name}” is not written, as far as is known: ${meaningOf(error)}`);
    }
  }
  return failed;
}

function digestOf(steps: readonly RoleStep[]): string {
  return createHash('sha256').update(JSON.stringify(steps)).digest('hex').slice(0, DIGEST_LETTERS);
}

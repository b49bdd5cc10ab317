import { JitError } from '../../../src/core/errors/errors.ts';
import { type Diagnosis, faultAt, meaningOf } from '../../../src/core/view/doctor-page.ts';
import type { Aws } from '../ec2/context.ts';
import type { Site } from '../ec2/sites.ts';
import { isCode } from '../errors.ts';
import { isOurs } from './document.ts';
import { SystemsManager } from './systems-manager.ts';

/** An instance that nobody has: what counts is whether it may be asked about. */
const NOBODY = 'i-00000000000000000';
const ROLE = 'Compare the role there with manifests/aws/roles.yaml (CutSessions).';

/** What cutting sessions takes in one account and region, as far as it can be looked at: the document, and the rights to read. */
export async function examineSessions(
  aws: Aws,
  where: Site,
  name: string,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const manager = new SystemsManager(aws.settings, aws.sites);
  const of = `AWS ${where.name}`;
  const about = { instance: NOBODY, document: name, comment: 'drawbridge doctor' };
  const reading = async (what: string, read: () => Promise<unknown>): Promise<Diagnosis> => {
    const error = await read().then(() => undefined, denied);
    return error ? faultAt(of, what, meaningOf(error), ROLE) : { of, what, verdict: 'fine' };
  };
  return Promise.all([
    documentOf(of, () => manager.document(where, name, signal)),
    reading('right to read agents', () => manager.agent(where, NOBODY, signal)),
    reading('right to read commands', () => manager.find(where, about, signal)),
  ]);
}

async function documentOf(
  of: string,
  read: () => Promise<{ readonly content: string | undefined }>,
): Promise<Diagnosis> {
  const what = 'document that cuts sessions';
  const remedy =
    'Deploy manifests/aws/sessions.yaml of this version there, and compare `aws.cutSessions` and the role.';
  try {
    const { content } = await read();
    if (isOurs(content)) return { of, what, verdict: 'fine' };
    return faultAt(of, what, 'It is not the one of this version of Drawbridge, so no session is cut.', remedy);
  } catch (error) {
    const means = isCode(error, 'InvalidDocument') ? 'It is not there.' : meaningOf(error);
    return faultAt(of, what, means, remedy);
  }
}

/** Other answers, such as that there is no such instance, come to who has the right. */
function denied(error: unknown): unknown {
  return error instanceof JitError && ['cloudDenied', 'cloudSilent', 'cloudBusy'].includes(error.code)
    ? error
    : undefined;
}

import { ANSWERS } from '../../config/answers.ts';
import type { Around, TopicAnswers } from './topic.ts';

export const GCP_ROLE_FILE = 'drawbridge-gcp-role.yaml';

/** Which projects. Nothing is looked up: Google’s sign-ins seldom may list projects. */
export async function gcpPart({ ask }: Around): Promise<TopicAnswers> {
  const projects = await ask.some({
    key: 'gcp.projects',
    ask: 'Which projects of Google Cloud have the machines? Name the host project of a Shared VPC too.',
    where: 'Google Cloud console, the project picker, ID',
    choices: [],
    byHand: ANSWERS.project,
  });
  return {
    settings: { gcp: { projects } },
    left: projects.flatMap((id) => [
      {
        text: `Google Cloud: let its APIs be called in ${id}.`,
        command: `gcloud services enable compute.googleapis.com cloudresourcemanager.googleapis.com --project=${id}`,
      },
      {
        text: `Google Cloud: make the role in ${id}.`,
        command: `gcloud iam roles create drawbridge --project=${id} --file=${GCP_ROLE_FILE}`,
      },
      {
        text: 'Google Cloud: grant it to the account that Drawbridge runs as (serviceAccount:…).',
        command: `gcloud projects add-iam-policy-binding ${id} --role=projects/${id}/roles/drawbridge --member=…`,
      },
    ]),
  };
}

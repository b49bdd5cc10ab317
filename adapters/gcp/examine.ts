import { type Diagnosis, faultAt, meaningOf } from '../../src/core/view/doctor-page.ts';
import type { Gcp } from './context.ts';

/** What manifests/gcp/role.yaml grants. */
export const RIGHTS: readonly string[] = [
  'compute.firewalls.create',
  'compute.firewalls.delete',
  'compute.firewalls.get',
  'compute.firewalls.list',
  'compute.firewalls.update',
  'compute.globalOperations.get',
  'compute.instances.get',
  'compute.instances.getEffectiveFirewalls',
  'compute.instances.list',
  'compute.networks.get',
  'compute.networks.updatePolicy',
];

/** Can we sign in, and have we each right in each project? Changes nothing. */
export function examine(gcp: Gcp, signal: AbortSignal): Promise<readonly Diagnosis[]> {
  return Promise.all(
    gcp.settings.projects.map(async (project): Promise<Diagnosis> => {
      const [of, what] = ['Google Cloud', `rights in ${project}`];
      try {
        const granted = new Set(await gcp.client.rights(project, RIGHTS, signal));
        const missing = RIGHTS.filter((right) => !granted.has(right));
        if (missing.length === 0) return { of, what, verdict: 'fine' };
        const remedy = 'Grant the role of manifests/gcp/role.yaml in this project.';
        return faultAt(of, what, `these are missing: ${missing.join(', ')}`, remedy);
      } catch (error) {
        signal.throwIfAborted();
        return faultAt(of, what, meaningOf(error), 'Check gcp.projects and gcp.credentialsFile.');
      }
    }),
  );
}

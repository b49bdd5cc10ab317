import { z } from 'zod';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Opinion, Verdict } from '../../../src/core/machine/assessment.ts';
import { type MachineId, machineId } from '../../../src/core/machine/machine.ts';
import type { Azure } from '../arm/context.ts';

/** “Management ports of virtual machines should be protected with just-in-time network access control”. */
const ASSESSMENT = '805651bc-6ecd-4c73-9b55-97a19d0582d0';
/** Pages want an order. */
const QUERY = [
  'securityresources',
  `where type =~ 'microsoft.security/assessments' and name == '${ASSESSMENT}'`,
  'project vmId=tolower(tostring(properties.resourceDetails.Id)), code=tostring(properties.status.code)',
  'order by vmId asc',
].join(' | ');
/** The most rows that Resource Graph gives at once. */
const PAGE = 1_000;
const QUERY_MS = 30 * SECOND_MS;

const rows = z.array(z.unknown());
const row = z.object({ vmId: z.string(), code: z.string() });

const VERDICTS: Readonly<Record<string, Verdict>> = {
  healthy: 'healthy',
  unhealthy: 'unhealthy',
  notapplicable: 'notApplicable',
};

export type Opinions = ReadonlyMap<MachineId, Opinion>;

/**
 * What Defender says of all machines: one query for each tenant, through Resource Graph. Where Defender is off, or may not
 * be read, there is none; ours stands without it.
 */
export async function readOpinions({ subscriptions, log }: Azure, signal: AbortSignal): Promise<Opinions> {
  const opinions = new Map<MachineId, Opinion>();
  for (const [site, ...others] of Map.groupBy(subscriptions, ({ tenantId }) => tenantId).values()) {
    if (!site) continue;
    const ids = [site, ...others].map(({ id }) => id);
    try {
      let skipToken: string | undefined;
      do {
        const options = { resultFormat: 'objectArray' as const, top: PAGE, ...(skipToken ? { skipToken } : {}) };
        const page = await site.read(
          signal,
          ({ graph }, call) => graph.resources({ subscriptions: ids, query: QUERY, options }, call),
          QUERY_MS,
        );
        for (const said of rows.parse(page.data)) {
          const { success, data } = row.safeParse(said);
          if (!success) {
            site.unreadable('an assessment of Defender', { said });
            continue;
          }
          const { vmId, code } = data;
          const [machine, verdict] = [machineId('azure', vmId), VERDICTS[code.toLowerCase()]];
          if (machine && verdict) opinions.set(machine, { by: 'Defender', verdict });
        }
        skipToken = page.skipToken;
      } while (skipToken);
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ error }, 'what Defender says of the machines could not be read');
    }
  }
  return opinions;
}

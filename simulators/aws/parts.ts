import type { Faults } from '../shared/faults.ts';
import type { Backend } from './dispatch.ts';
import type { IdentityCenter } from './identity-center.ts';
import type { CallLog } from './log.ts';
import type { OrganizationAccount } from './organizations.ts';
import type { Verifier } from './signature.ts';
import type { Queue } from './sqs.ts';
import type { SystemsManager } from './ssm.ts';

/** What the server of the simulator is made of. */
export interface ServerParts extends Backend {
  readonly verifier: Verifier;
  readonly faults: Faults;
  readonly log: CallLog;
  readonly queue: Queue;
  readonly organization: OrganizationAccount[];
  readonly identityCenter: IdentityCenter;
  readonly systemsManager: SystemsManager;
  /** Called after every change. */
  readonly changed: () => void;
}

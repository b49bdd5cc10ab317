import type { Faults } from '../shared/faults.ts';
import type { Backend, Reply } from './dispatch.ts';
import type { FlowRecords } from './flow-records.ts';
import type { IdentityCenter } from './identity-center.ts';
import type { CallLog } from './log.ts';
import type { OrganizationAccount } from './organizations.ts';
import type { SecretsManager } from './secrets-manager.ts';
import type { Service, Verifier } from './signature.ts';
import type { Queue } from './sqs.ts';
import type { SystemsManager } from './ssm.ts';
import type { Trail } from './trail.ts';

/** A reply in XML, before it is sent or lost. */
export interface ToldReply extends Reply {
  readonly service: Service;
  readonly action: string;
}

/** What the server of the simulator is made of. */
export interface ServerParts extends Backend {
  readonly verifier: Verifier;
  readonly faults: Faults;
  readonly log: CallLog;
  readonly queue: Queue;
  readonly organization: OrganizationAccount[];
  /** What each organizational unit is in, by its id. */
  readonly units: Map<string, string>;
  readonly identityCenter: IdentityCenter;
  readonly systemsManager: SystemsManager;
  readonly secretsManager: SecretsManager;
  readonly trail: Trail;
  readonly flowRecords: FlowRecords;
  /** Called after every change. */
  readonly changed: () => void;
  readonly onReply?: (reply: ToldReply) => void;
  /** What an answer in XML looks like instead. */
  readonly oddly?: (action: string, body: string) => string;
}

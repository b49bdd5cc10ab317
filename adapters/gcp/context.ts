import type { MarkSigner } from '../../src/core/rule/mark.ts';
import type { Clock } from '../../src/kit/clock.ts';
import type { Log } from '../../src/ports/log.ts';
import type { ComputeClient } from './client.ts';
import type { GcpSettings } from './settings.ts';

/** What every part of this adapter works with. */
export interface Gcp extends Clock {
  readonly marks: MarkSigner;
  readonly installation: string;
  readonly log: Log;
  readonly settings: GcpSettings;
  readonly client: ComputeClient;
}

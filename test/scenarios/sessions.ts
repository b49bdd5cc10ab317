import { DEPLOYED } from '../adapters/aws/sessions-harness.ts';
import type { World } from './world.ts';

/**
 * `ready api-1`: somebody deploys the document, and gives a machine an agent and the tag; `agent api-1 away`, `agent api-1
 * online`; `connect api-1 203.0.113.7 22`, and with `stubborn` a connection that its system cannot end.
 */
export function sessions({ services: { aws } }: World, verb: string, rest: readonly string[]): void {
  const [name = '', from = '', port = '', stubborn] = rest;
  const machine = aws.state().instances.find((one) => one.name === name);
  if (!machine) throw new Error(`no instance is called ${name}`);
  const { id, account, region, tags } = machine;
  const agent = (isOnline: boolean) => aws.systemsManager.setAgent(id, { platform: 'Linux', isOnline });
  if (verb === 'agent') agent(from === 'online');
  if (verb === 'connect')
    aws.systemsManager.connect(id, { from, port: Number(port), isStubborn: stubborn === 'stubborn' });
  if (verb !== 'ready') return;
  aws.systemsManager.putDocument({ account, region }, 'drawbridge-cut-sessions', DEPLOYED);
  aws.human.setTags(id, { ...tags, 'drawbridge:cut-sessions': 'demo' });
  agent(true);
}

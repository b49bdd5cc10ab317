import { JitError } from '../errors/errors.ts';
import { type Port, portText, uniquePorts } from '../rule/port.ts';
import { isGroup, type SourceNames, sourceText } from '../rule/source.ts';
import { readSources } from './asked-source.ts';
import type { PortLimits } from './command.ts';
import { durationText } from './duration.ts';
import { heard } from './heard.ts';
import type { SaidCommand } from './said.ts';
import { TermsReader } from './terms-reader.ts';

export { givenReason, LONGEST_REASON } from './heard.ts';
export { readPort } from './port-word.ts';

/** Reads `22, 3389 from 203.0.113.0/24 for 3h`. Limits of no port are refused: the usual ones may have others by choice. */
export function readLimits(text: string, names: SourceNames): PortLimits {
  const said: SaidCommand = { ...heard(text), names, clock: undefined, faults: [] };
  const limits = limitsIn(said);
  const [fault, ...others] = said.faults;
  if (fault) throw fault.with(others);
  return limits;
}

/** The same as a part of a command, whose faults are collected. */
export function limitsIn(said: SaidCommand): PortLimits {
  const terms = new TermsReader(said, { machines: 0, isLimits: true }).read();
  const sources = [...new Set(terms.sources.flatMap((word) => readSources(word, said.names)))];
  const group = sources.find(isGroup);
  if (group !== undefined) said.faults.push(new JitError('groupInProtection', { source: sourceText(group) }));
  if (terms.ports.length === 0 && said.faults.length === 0) said.faults.push(new JitError('missingPorts'));
  return {
    ports: uniquePorts(terms.ports),
    sources: sources.filter((source) => !isGroup(source)),
    ...(terms.forMs === undefined ? {} : { forMs: terms.forMs }),
  };
}

/** Limits as they are typed. */
export function limitsText({ ports, sources, forMs }: PortLimits): string {
  return [
    portsText(ports),
    ...(sources.length > 0 ? [`from ${sources.map(sourceText).join(' or ')}`] : []),
    ...(forMs === undefined ? [] : [`for ${durationText(forMs)}`]),
  ].join(' ');
}

function portsText(ports: readonly Port[]): string {
  return ports.map(portText).join(', ');
}

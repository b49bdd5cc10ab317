import type { CloudName, GroupView, MachineView, RuleView } from '../../state.ts';
import { countdown, useLeft } from '../live.ts';
import { useGhosts } from './ghosts.ts';

interface MachineProps {
  readonly cloud: CloudName;
  readonly machine: MachineView;
}

/** One machine, with each group in front of it. */
export function Machine({ cloud, machine }: MachineProps) {
  const { name, place, address, running, protectedPorts, groups } = machine;
  const rules = groups.flatMap((group) => group.rules);
  const isOpen = rules.some(({ ours }) => ours);
  const isAlarming = rules.some(({ alarm }) => alarm !== undefined);
  return (
    <article className={`machine ${isOpen ? 'machine-open' : ''} ${isAlarming ? 'machine-alarm' : ''}`}>
      <header>
        <h4>{name}</h4>
        <code>{address}</code>
        <p title={machine.id}>
          {place}
          {!running && ' · stopped'}
        </p>
        {protectedPorts.length > 0 ? (
          <p
            className={isAlarming ? 'shield' : 'shield shield-on'}
            title={
              isAlarming
                ? 'A standing rule keeps a protected port open; a lockdown closes it'
                : `Closed until requested: ${protectedPorts.join(', ')}`
            }
          >
            {isAlarming ? 'protected, still open' : 'protected'}
          </p>
        ) : (
          <p className="shield">not protected</p>
        )}
      </header>
      {groups.map((group) => (
        <Group key={group.id} cloud={cloud} group={group} machine={name} />
      ))}
    </article>
  );
}

interface GroupProps {
  readonly cloud: CloudName;
  readonly group: GroupView;
  readonly machine: string;
}

function Group({ cloud, group, machine }: GroupProps) {
  const shown = useGhosts(group.rules);
  return (
    <section className="group">
      <h5 title={`${group.name} (${group.where})`}>
        <span>{group.name}</span>
        <small>{group.where}</small>
      </h5>
      <ul>
        {shown.map(({ item, isNew, isGone }) => (
          <Rule key={item.key} {...{ cloud, machine, isNew, isGone }} rule={item} />
        ))}
        {shown.length === 0 && <li className="rule rule-rest">allows nothing in</li>}
      </ul>
    </section>
  );
}

interface RuleProps {
  readonly cloud: CloudName;
  readonly machine: string;
  readonly rule: RuleView;
  readonly isNew: boolean;
  readonly isGone: boolean;
}

function Rule({ cloud, machine, rule, isNew, isGone }: RuleProps) {
  const { priority, name, access, ports, source, writer, ours, endMs, alarm, aside } = rule;
  const kind = ours ? 'rule-ours' : alarm ? 'rule-alarm' : `rule-${access}`;
  const motion = isGone ? 'rule-gone' : isNew ? 'rule-new' : '';
  return (
    <li
      className={`rule ${kind} ${motion}`}
      data-testid={isGone ? undefined : `rule-${cloud}`}
      data-ours={ours}
      data-machine={machine}
      aria-hidden={isGone}
    >
      <p className="rule-what">
        <span className="rule-access">{access}</span>
        <strong>{ports}</strong>
        <span className="rule-from">from {source}</span>
        {ours && endMs !== undefined && <Left endMs={endMs} />}
      </p>
      {(alarm ?? aside) && <p className="rule-words">{alarm ?? aside}</p>}
      <p className="rule-who" title={name}>
        {ours && <span className="ours">JIT</span>}
        {priority !== undefined && <span className="rule-priority">{priority}</span>}
        <span className="rule-name">{name}</span>
        <span className="rule-writer">{writer}</span>
      </p>
    </li>
  );
}

/** How long one of our rules still stands. */
function Left({ endMs }: { readonly endMs: number }) {
  return (
    <time className="left" title="time left">
      {countdown(useLeft(endMs))}
    </time>
  );
}

import type { SimPerson } from '../state.ts';

/** Initials on a colour of the person's own. */
export function Avatar({ name, bot = false }: { readonly name: string; readonly bot?: boolean }) {
  if (bot) return <span className="avatar avatar-bot" aria-hidden="true" />;
  const initials = name
    .split(' ')
    .map((word) => word[0])
    .slice(0, 2)
    .join('');
  const hue = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 6;
  return (
    <span className={`avatar avatar-${hue}`} aria-hidden="true">
      {initials}
    </span>
  );
}

interface SwitchProps {
  readonly chat: 'slack' | 'teams';
  readonly people: readonly SimPerson[];
  readonly chosen: SimPerson;
  readonly onChoose: (id: string) => void;
}

/** Whose eyes and hands the visitor has in one of the chats. */
export function PersonSwitch({ chat, people, chosen, onChoose }: SwitchProps) {
  const label = chat === 'slack' ? 'In Slack you are' : 'In Teams you are';
  return (
    <label className="person">
      <span className="person-label">{label}</span>
      <span className="person-box">
        <Avatar name={chosen.name} />
        <select data-testid={`${chat}-person`} value={chosen.id} onChange={(event) => onChoose(event.target.value)}>
          {people.map(({ id, name, title }) => (
            <option key={id} value={id}>
              {name} · {title}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
}

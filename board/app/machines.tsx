import type { BoardMachine, BoardMachines, MachineStanding } from '../../src/ports/board.ts';
import { type Me, useAsk } from './api.ts';
import type { ViewProps } from './app.tsx';
import { Badge, Confirm, Empty, Go, Pages, Wide, Wrong } from './bits.tsx';
import { cloudText } from './clouds.ts';
import { ActsHead, Heads } from './columns.tsx';
import { addressOf, go, skipIn } from './place.ts';
import { apart, countText, wholeText } from './words.ts';

const PAGE = 100;
const STANDINGS: readonly (readonly [MachineStanding, string, 'bad' | 'warn' | 'good' | 'plain'])[] = [
  ['open', 'Open although protected', 'bad'],
  ['unprotected', 'Not protected', 'warn'],
  ['protected', 'Protected', 'good'],
  ['unsupported', 'Cannot be protected', 'plain'],
];

/** Every machine with how it stands; what to look at first stands first. */
export function MachinesView({ me, place, version }: ViewProps) {
  const { query } = place;
  const skip = skipIn(query);
  const asked = new URLSearchParams(query);
  asked.set('most', String(PAGE));
  const { answer, trouble } = useAsk<BoardMachines>(`machines?${asked}`, version);
  if (!answer) return trouble ? <Wrong trouble={trouble} /> : <Empty>Reading …</Empty>;
  const chosen = query.get('standing') ?? '';
  return (
    <>
      <Wrong trouble={trouble} />
      <fieldset className="tiles" aria-label="How machines stand">
        {STANDINGS.map(([standing, name, tone]) => (
          <button
            key={standing}
            type="button"
            className={`tile tile-${answer.counts[standing] > 0 ? tone : 'plain'}`}
            aria-pressed={chosen === standing}
            onClick={() =>
              go(addressOf('machines', query, { standing: chosen === standing ? '' : standing, skip: '' }))
            }
          >
            <span>{name}</span>
            <b>{countText(answer.counts[standing])}</b>
          </button>
        ))}
      </fieldset>
      <p className="soft">
        {answer.at === undefined
          ? 'The clouds are being read for the first time …'
          : `As the clouds were on ${wholeText(answer.at)}.`}
        {answer.unread.length > 0 && ` Not read: ${answer.unread.join(', ')}.`}
      </p>
      {answer.machines.length === 0 ? (
        <Empty>{answer.isReading && answer.at === undefined ? 'Reading …' : 'No machine fits.'}</Empty>
      ) : (
        <Wide label="Machines">
          <table>
            <Heads names={['Machine', 'How it stands', 'Why', 'Open now']}>
              {me.mayProtect && <ActsHead name="Protect" />}
            </Heads>
            <tbody>
              {answer.machines.map((one) => (
                <Line key={one.id} one={one} me={me} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      <Pages
        skip={skip}
        most={PAGE}
        all={answer.all}
        onSkip={(to) => go(addressOf('machines', query, { skip: to === 0 ? '' : String(to) }))}
      />
    </>
  );
}

function Line({ one, me }: { one: BoardMachine; me: Me }) {
  const [, name, tone] = STANDINGS.find(([standing]) => standing === one.standing) ?? [
    '',
    one.standing,
    'plain' as const,
  ];
  return (
    <tr>
      <td>
        <span className="two">
          <Go to={addressOf('timeline', new URLSearchParams({ machine: one.id }))} className="strong">
            {one.name}
          </Go>
          <span className="soft">
            {one.location === '' ? cloudText(one.cloud) : `${cloudText(one.cloud)} · ${one.location}`}
          </span>
        </span>
      </td>
      <td data-label="How it stands">
        <Badge tone={tone}>{name}</Badge>
      </td>
      <td data-label="Why" className="why">
        {[...new Set(one.why)].map((text) => (
          <span key={text}>{text}</span>
        ))}
      </td>
      <td data-label="Open now" className="number">
        {one.leases > 0 ? countText(one.leases) : '–'}
      </td>
      {me.mayProtect && (
        <td className="acts">
          {one.standing === 'unprotected' && (
            <Confirm
              me={me}
              label="Protect"
              title={`Protect ${apart(one.name)}?`}
              says="Its management ports (22, 3389, 5985, 5986) are kept closed until a request is approved. Rules of others that open them stay, and are named; a lockdown in chat closes those."
              what="protect"
              fields={{ machine: one.id }}
            />
          )}
        </td>
      )}
    </tr>
  );
}

import type { CloudName, PageState } from '../../state.ts';
import { Calls } from './calls.tsx';
import { Headline } from './headline.tsx';
import { Machine } from './machine.tsx';

const NAMES: Readonly<Record<CloudName, { readonly title: string; readonly groups: string }>> = {
  azure: { title: 'Azure', groups: 'network security groups in order of priority; what no rule allows is denied' },
  aws: { title: 'AWS', groups: 'security groups; what no rule allows is denied' },
  gcp: { title: 'Google Cloud', groups: 'VPC firewall rules in order of priority; what no rule allows is denied' },
};

const ORDER: readonly CloudName[] = ['azure', 'aws', 'gcp'];

/** What the clouds really hold: each machine, with the rules in front of it. */
export function Clouds({ state }: { readonly state: PageState }) {
  const clouds = ORDER.filter((cloud) => state.clouds[cloud]);
  return (
    <section className="clouds" aria-label="The clouds" id="clouds">
      <header className="clouds-head">
        <h2>What the clouds really hold</h2>
        <Headline state={state} />
      </header>
      <div className={`clouds-body clouds-${clouds.length}`}>
        {clouds.map((cloud) => (
          <section key={cloud} className={`cloud cloud-${cloud}`} aria-label={NAMES[cloud].title}>
            <header>
              <h3>{NAMES[cloud].title}</h3>
              <p>{NAMES[cloud].groups}</p>
            </header>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls with the keyboard. */}
            <section className="machines" tabIndex={0} aria-label={`Machines in ${NAMES[cloud].title}`}>
              {state.clouds[cloud]?.map((machine) => (
                <Machine key={machine.id} cloud={cloud} machine={machine} />
              ))}
            </section>
          </section>
        ))}
      </div>
      <Calls calls={state.calls} />
    </section>
  );
}

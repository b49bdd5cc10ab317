import { Component, type ReactNode } from 'react';

interface GuardProps {
  /** What is shown: another one gets another try. */
  readonly of: string;
  readonly children: ReactNode;
}

interface Guarded {
  readonly of: string;
  readonly isBroken: boolean;
}

/** What cannot be drawn takes no more than its own place: what is around it stays, and in its place stands what to do. */
export class Guard extends Component<GuardProps, Guarded> {
  override state: Guarded = { of: this.props.of, isBroken: false };

  static getDerivedStateFromError(): Partial<Guarded> {
    return { isBroken: true };
  }

  static getDerivedStateFromProps({ of }: GuardProps, state: Guarded): Guarded | null {
    return of === state.of ? null : { of, isBroken: false };
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    return (
      <div className="wrong" role="alert">
        <p>
          This could not be shown. Reload the page: it may be older than the Drawbridge that answers it. If that does
          not help, tell whoever looks after Drawbridge the address of this page.
        </p>
        <p>
          <button type="button" className="quiet" onClick={() => window.location.reload()}>
            Reload
          </button>
        </p>
      </div>
    );
  }
}

import type { Inbox } from '../../src/ports/inbox.ts';

/** Knows how many calls of the inbox have not been answered yet. */
export function counted(box: Inbox, count: (by: number) => void): Inbox {
  const wrap =
    <A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      count(1);
      try {
        return await method(...args);
      } finally {
        count(-1);
      }
    };
  return {
    command: wrap(box.command),
    opened: wrap(box.opened),
    form: wrap(box.form),
    askProtector: wrap(box.askProtector),
    machines: wrap(box.machines),
    submit: wrap(box.submit),
    portsForm: wrap(box.portsForm),
    submitPorts: wrap(box.submitPorts),
    press: wrap(box.press),
    view: wrap(box.view),
    page: wrap(box.page),
    home: wrap(box.home),
  };
}

import type { z } from 'zod';
import type { ApiDesk, ApiStepUp } from '../../ports/api.ts';
import type { Route } from '../../ports/http.ts';
import * as s from './schemas.ts';

/** A call of the API: how it is made, what it takes and gives, and which question of the desk it is. */
export interface ApiRoute {
  /** Its name, the same for as long as it means the same. */
  readonly name: string;
  readonly method: Route['method'];
  readonly path: string;
  /** What it does, for whoever reads of it. */
  readonly about: string;
  readonly query: z.ZodType;
  /** Absent where it takes none. */
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  /** A step-up is an answer that did nothing yet: it becomes a problem. */
  readonly act: (desk: ApiDesk, asked: Asked<unknown, unknown>) => Promise<object | ApiStepUp>;
}

interface Asked<Query, Body> {
  readonly id: string;
  readonly query: Query;
  readonly body: Body;
}

interface Typed<Query extends z.ZodType, Body extends z.ZodType, Answer extends z.ZodType>
  extends Omit<ApiRoute, 'query' | 'body' | 'answer' | 'act'> {
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  readonly act: (
    desk: ApiDesk,
    asked: Asked<z.output<Query>, z.output<Body>>,
  ) => Promise<Given<z.input<Answer>> | ApiStepUp>;
}

type Given<T> = T extends readonly (infer One)[]
  ? readonly Given<One>[]
  : T extends object
    ? { readonly [Key in keyof T]: Given<T[Key]> }
    : T;

/** The one place where what a call takes is tied to what it is asked with. */
function call<Query extends z.ZodType, Body extends z.ZodType, Answer extends z.ZodType>(
  own: Typed<Query, Body, Answer>,
): ApiRoute {
  return { query: s.nothing, ...own } as unknown as ApiRoute;
}

export const API_CALLS: readonly ApiRoute[] = [
  call({
    ...{ name: 'whoami', method: 'GET', path: '/api/v1/whoami', answer: s.self },
    about: 'Who calls: their accounts, groups, and managers, and the address that the call came from.',
    act: (desk) => desk.whoami(),
  }),
  call({
    ...{ name: 'listRequests', method: 'GET', path: '/api/v1/requests', query: s.whose, answer: s.list },
    about:
      'What is open or waits, newest first: all that concerns whoever calls, or their own, or what waits for their decision. `next` goes on as `after`.',
    act: (desk, { query: { limit, ...asked } }) =>
      desk.list({ ...asked, ...(limit === undefined ? {} : { limit: Number(limit) }) }),
  }),
  call({
    ...{ name: 'request', method: 'POST', path: '/api/v1/requests', body: s.ask, answer: s.done },
    about: 'Requests access to one machine. With the same `Idempotency-Key` it is the same request.',
    act: (desk, { body }) => desk.request(body),
  }),
  call({
    ...{ name: 'showRequest', method: 'GET', path: '/api/v1/requests/:id', answer: s.shown },
    about: 'One request: who is asked and why, whom that reached, who acted.',
    act: (desk, { id }) => desk.show(id),
  }),
  call({
    ...{ name: 'approve', method: 'POST', path: '/api/v1/requests/:id/approve', body: s.approval, answer: s.done },
    about: 'Approves a request, or more time; where its policy wants more of the approver, the answer says what.',
    act: (desk, { id, body }) => desk.approve(id, body),
  }),
  call({
    ...{ name: 'deny', method: 'POST', path: '/api/v1/requests/:id/deny', body: s.denial, answer: s.done },
    about: 'Denies a request, or more time, with a reason.',
    act: (desk, { id, body }) => desk.deny(id, body.reason),
  }),
  call({
    ...{ name: 'withdraw', method: 'POST', path: '/api/v1/requests/:id/withdraw', body: s.ending, answer: s.done },
    about: 'Takes back a request that waits.',
    act: (desk, { id, body }) => desk.withdraw(id, body.reason),
  }),
  call({
    ...{ name: 'revoke', method: 'POST', path: '/api/v1/requests/:id/revoke', body: s.ending, answer: s.done },
    about: 'Closes access now.',
    act: (desk, { id, body }) => desk.revoke(id, body.reason),
  }),
  call({
    ...{ name: 'extend', method: 'POST', path: '/api/v1/requests/:id/extend', body: s.longer, answer: s.done },
    about: 'Requests more time, decided like a first request.',
    act: (desk, { id, body }) => desk.extend(id, body.words ?? ''),
  }),
  call({
    ...{ name: 'machines', method: 'GET', path: '/api/v1/machines', query: s.sought, answer: s.machines },
    about: 'Machines that whoever calls may request, at most 100; `like` narrows them down.',
    act: async (desk, { query }) => ({ machines: await desk.machines(query.like ?? '') }),
  }),
  call({
    ...{ name: 'why', method: 'GET', path: '/api/v1/why', query: s.spelled, answer: s.page },
    about: 'Whether a packet gets to a port now, through what, or what stops it.',
    act: (desk, { query }) => desk.why(query.words),
  }),
  call({
    ...{ name: 'explain', method: 'GET', path: '/api/v1/explain', query: s.spelled, answer: s.page },
    about: 'What would become of a request, and who would decide; nothing is kept, and nobody is told.',
    act: (desk, { query }) => desk.explain(query.words),
  }),
  call({
    ...{ name: 'recommend', method: 'GET', path: '/api/v1/recommend', answer: s.page },
    about: 'For protectors: machines that should be protected.',
    act: (desk) => desk.recommend(),
  }),
];

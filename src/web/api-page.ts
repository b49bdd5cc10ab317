import { say } from '../core/language/say.ts';
import type { Tongue } from '../core/language/text.ts';
import type { ApiDocument, ApiOperation } from '../ports/api-document.ts';
import type { HttpRequest, Route } from '../ports/http.ts';
import { type Html, html } from './html.ts';
import { pageReply } from './page.ts';
import { inHtml, tongueOfBrowser } from './words.ts';

/**
 * The document of the API as a page without a script. What it says of calls and fields is English, as the document is; the rest is in the
 * language of the browser.
 */
export function apiPage(document: ApiDocument): Route {
  return { method: 'GET', path: '/api/v1/docs', handle: (request) => shown(document, request) };
}

function shown({ paths, components, info }: ApiDocument, request: HttpRequest) {
  const tongue = tongueOfBrowser(request);
  const t = (phrase: ReturnType<typeof say>) => inHtml(phrase, tongue);
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => callIn({ path, method, operation }, tongue)),
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => html`<h3 id="${name}">${name}</h3>${code(schema)}`,
  );
  const refusals = Object.entries(components.responses).map(
    ([status, { description }]) => html`<dt>${status}</dt><dd>${description}</dd>`,
  );
  const body = html`<p>${t(say`For programs, the same is at \`/api/v1/openapi.json\`.`)}</p>
<p lang="en">${info.description}</p>
<h2>${t(say`Calls`)}</h2>
${calls}
<h2>${t(say`Refusals`)}</h2>
<p>${t(say`A refusal is \`application/problem+json\`: its \`detail\` says what to do, and its \`code\` stays the same.`)}</p>
<dl lang="en">${refusals}</dl>
<h2>${t(say`What calls take and give`)}</h2>
${schemas}`;
  return pageReply({ title: say`API of Drawbridge`, tongue, body });
}

interface Call {
  readonly path: string;
  readonly method: string;
  readonly operation: ApiOperation;
}

function callIn({ path, method, operation }: Call, tongue: Tongue): Html {
  const { operationId, summary, parameters = [], requestBody, responses } = operation;
  const rows = parameters.map(
    ({ name, in: place, required, schema, description = '' }) =>
      html`<dt><code>${name}</code> (${place}${required ? '' : '?'})</dt><dd lang="en">${description} <code>${JSON.stringify(schema)}</code></dd>`,
  );
  const takes = requestBody && nameIn(Object.values(requestBody.content)[0]?.schema);
  const done = responses['200'];
  const gives = done && 'content' in done ? nameIn(Object.values(done.content)[0]?.schema) : undefined;
  return html`<h3 id="${operationId}"><code>${method.toUpperCase()} ${path}</code></h3>
<p lang="en">${summary}</p>
${rows.length > 0 ? html`<dl>${rows}</dl>` : undefined}
<p>${takes && html`${inHtml(say`Takes`, tongue)} ${takes}. `}${gives && html`${inHtml(say`Gives`, tongue)} ${gives}.`}</p>`;
}

/** A link to what has a name. */
function nameIn(schema: object | undefined): Html | undefined {
  const name = schema && '$ref' in schema ? String(schema.$ref).split('/').at(-1) : undefined;
  return name === undefined ? undefined : html`<a href="#${name}">${name}</a>`;
}

function code(schema: object): Html {
  return html`<pre lang="en"><code>${JSON.stringify(schema, null, 2)}</code></pre>`;
}

import { type Line, type Phrase, phrased, type Shown, spoken, type Tongue } from '../language/text.ts';
import type { HomeButton, HomePage } from './home-page.ts';
import type { ListPage } from './list-page.ts';
import type { CommandButton, Report, Row } from './report.ts';
import { uncutParts } from './uncut.ts';
import type { Button, View } from './view.ts';

/** The same in somebody's language: phrases are strings, and lines have no sentence in them that is still to be said. */
export type Spoken<T> = [Phrase] extends [T]
  ? string | Exclude<T, Phrase>
  : T extends readonly string[]
    ? T
    : T extends Line
      ? readonly Shown[]
      : T extends readonly (infer One)[]
        ? readonly Spoken<One>[]
        : T extends object
          ? { readonly [Key in keyof T]: Spoken<T[Key]> }
          : T;

/** As it is shown at one place: which of its headlines that is was chosen before. */
export function viewIn({ first: _, ...view }: View, tongue: Tongue): Spoken<View> {
  const line = (one: Line) => spoken(one, tongue);
  return {
    ...view,
    title: phrased(view.title, tongue),
    status: line(view.status),
    summary: line(view.summary),
    brief: view.brief.map(line),
    people: view.people.map(line),
    facts: view.facts.map(({ label, value }) => ({ label: phrased(label, tongue), value: line(value) })),
    notes: view.notes.map(({ tone, text }) => ({ tone, text: line(text) })),
    buttons: view.buttons.map((one) => buttonIn(one, tongue)),
    headline: line(view.headline),
  };
}

export function buttonIn({ label, confirm, ...rest }: Button, tongue: Tongue): Spoken<Button> {
  return {
    ...rest,
    label: phrased(label, tongue),
    ...(confirm === undefined ? {} : { confirm: phrased(confirm, tongue) }),
  };
}

/** A row of which no word may be left out stands in several where it is long. */
export function reportIn(report: Report, tongue: Tongue): Spoken<Report> {
  return {
    ...report,
    title: phrased(report.title, tongue),
    sections: report.sections.map(({ heading, rows }) => ({
      heading: phrased(heading, tongue),
      rows: rows.flatMap((row) => rowsIn(row, tongue)),
    })),
  };
}

function rowsIn({ line, button, isUncut, ...rest }: Row, tongue: Tongue): readonly Spoken<Row>[] {
  const own = { ...rest, ...(button ? { button: commandButtonIn(button, tongue) } : {}) };
  const all = spoken(line, tongue);
  const [text] = all;
  if (!isUncut || all.length !== 1 || typeof text !== 'string') return [{ ...own, line: all }];
  return uncutParts(text).map((part) => ({ ...own, line: [part] }));
}

function commandButtonIn({ label, command }: CommandButton, tongue: Tongue): Spoken<CommandButton> {
  return { label: phrased(label, tongue), command };
}

export function homeIn({ sections, at }: HomePage, tongue: Tongue): Spoken<HomePage> {
  return {
    at,
    sections: sections.map(({ heading, rows }) => ({
      heading: phrased(heading, tongue),
      rows: rows.map(({ line, buttons, ...rest }) => ({
        ...rest,
        line: spoken(line, tongue),
        buttons: buttons.map((one) => homeButtonIn(one, tongue)),
      })),
    })),
  };
}

export function pageIn(page: ListPage, tongue: Tongue): Spoken<ListPage> {
  return { ...page, ...homeIn(page, tongue), title: phrased(page.title, tongue) };
}

function homeButtonIn(one: HomeButton, tongue: Tongue): Spoken<HomeButton> {
  if ('command' in one) return { command: commandButtonIn(one.command, tongue) };
  if ('form' in one) return { ...one, form: phrased(one.form, tongue) };
  return { ...one, title: phrased(one.title, tongue), button: buttonIn(one.button, tongue) };
}

import type { Typed } from '../core/language/command.ts';
import type { Instant } from '../core/language/instant.ts';
import type { Line, Phrase } from '../core/language/text.ts';
import type { ChatName, OutsideChat, Place } from '../core/people/place.ts';
import type { HomePage } from '../core/view/home-page.ts';
import type { ListPage, PageName } from '../core/view/list-page.ts';
import type { Report } from '../core/view/report.ts';
import type { Verb, View } from '../core/view/view.ts';

/** All that a chat may ask of us. It never throws: what went wrong comes back as words for the person. */
export interface Inbox {
  /** A command: what stands behind `/jit`, or a message to the bot. */
  command(sender: Sender, text: string): Promise<Answer>;
  /** The choices of the request form for this person, or of the one for breaking glass, filled with what was typed. */
  form(sender: Sender, isBreakGlass?: true, typed?: Typed): Promise<Form>;
  /** Somebody who protects machines is told that this one is wanted, once. */
  askProtector(sender: Sender, machine: string): Promise<Answer>;
  /** Machines for the form's type-ahead, at most 100. */
  machines(sender: Sender, typed: string): Promise<readonly Choice[]>;
  /** The filled-in form. Faults come back by field. */
  submit(sender: Sender, filled: FilledForm): Promise<FormAnswer>;
  /** The ports of a machine, to be protected or edited. */
  portsForm(sender: Sender, machine: string): Promise<PortsForm>;
  /** What became of them. A fault comes back at the field `ports`. */
  submitPorts(sender: Sender, filled: FilledPorts): Promise<FormAnswer>;
  /** The bot was let in where it was not before. What fails is in the log. */
  opened(where: LetIn): Promise<void>;
  /** A button on a card. Everything is judged again now. */
  press(sender: Sender, press: Press): Promise<Answer>;
  /** A request as this person sees it where they are: its newest view, read and nothing else. Refused in words to whom it is none of. */
  view(sender: Sender, request: string): Promise<Answer>;
  /** The page of this person. It is kept in mind who opened theirs; drawing it anew is not opening it. */
  home(sender: Sender, isOpened?: true): Promise<HomeAnswer>;
  /** One of their pages, for chats that show them as messages: read and nothing else. Counted from 1. */
  page(sender: Sender, which: PageName, page: number): Promise<PageAnswer>;
}

/** A page of a person, or why there is none. */
export type PageAnswer = { readonly page: ListPage } | { readonly refusal: Phrase };

/** A page, or why there is none. */
export type HomeAnswer = { readonly page: HomePage } | { readonly refusal: Phrase };

/** A place; without an ID, every one of its kind. */
export type LetIn = Pick<Place, 'chat' | 'kind'> & Partial<Pick<Place, 'id'>>;

/** Who speaks, as verified by the chat adapter, and where. */
export interface Sender {
  readonly chat: ChatName;
  /** Slack user id, or Entra object id. */
  readonly user: string;
  /** Where it was said; a card for the requester goes to their private chat. */
  readonly place: Place;
  /** The same for a repeated delivery of the same thing: trigger id, view id, activity id. */
  readonly key: string;
  /** Where they speak through something else, and are answered in the chat. */
  readonly through?: OutsideChat;
  /** The time zone that the chat knows them in. */
  readonly zone?: string;
  /** When it was accepted, where another process had begun with it and is no more: it may be done already. */
  readonly since?: Instant;
}

export interface Press {
  readonly verb: Verb;
  readonly request: string;
  /** The version that the card showed. */
  readonly version: number;
  readonly reason?: string;
  /** The card that was pressed, so that a card we lost track of is adopted. */
  readonly card?: { readonly place: Place; readonly ref: Readonly<Record<string, string>>; readonly nonce?: string };
}

export interface Answer {
  /** What to say to the person alone; empty when the card says it all. */
  readonly lines: readonly Line[];
  /** `true` when it was refused or failed. */
  readonly refused: boolean;
  /** Open a form: to ask for access, or for the ports of this machine as it was typed. */
  readonly openForm?:
    | { readonly form: 'request'; readonly isBreakGlass?: true; readonly typed?: Typed }
    | { readonly form: 'ports'; readonly machine: string };
  /** The page that says the same with buttons, for chats that can show one as a message. */
  readonly openPage?: PageName;
  /** The lines are for the person's own chat, wherever it was pressed. */
  readonly isPrivate?: true;
  /** A list to show to the person alone, in place of the lines. Its buttons come back as commands. */
  readonly report?: Report;
  /** The request's newest view, for chats that answer a press with a card. */
  readonly view?: View;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly note?: string;
}

export interface Form {
  /** Why there is no form for this person; then the rest is empty. */
  readonly refusal?: Phrase;
  /** It opens without an approval. */
  readonly isBreakGlass?: true;
  /** All machines this person may ask for when there are at most 100, else the one that was typed alone: use the type-ahead. */
  readonly machines: readonly Choice[];
  readonly typeAhead: boolean;
  readonly ports: readonly Choice[];
  readonly durations: readonly Choice[];
  /** The person's configured or last address, to be shown and changed. */
  readonly source?: string;
  /** A page that sees the person's own address; absent where none is served, or the source is what it saw. */
  readonly address?: string;
  /** Names that may stand for a source; absent where there are none. */
  readonly sources?: readonly string[];
  /** What was typed before the form was opened: what it shows at first. */
  readonly filled?: FilledForm;
  /** What follows from the machine that is chosen, as its ports, times and sources do; absent where none is. */
  readonly about?: FormAbout;
}

export interface FormAbout {
  /** Who would be asked, for how long at most, from where; and what cannot be told. */
  readonly lines: readonly Line[];
  /** Nothing that this person may ask for is protected there: somebody who protects machines can be asked to. */
  readonly isUnprotected?: true;
}

export interface PortsForm {
  /** Why there is no form for this person; then the rest is empty. */
  readonly refusal?: Phrase;
  readonly machine: string;
  readonly name: string;
  /** One line a port: `22 from 203.0.113.0/28 for 3 h`. */
  readonly lines: string;
  /** Goes with the filled-in form: what was edited meanwhile is not lost. */
  readonly version: string;
}

export interface FilledPorts {
  readonly machine: string;
  readonly version: string;
  readonly ports: string;
}

export interface FilledForm {
  readonly machine: string;
  readonly ports: readonly string[];
  readonly duration: string;
  readonly source: string;
  readonly justification: string;
  /** When it is to start; empty or absent: once it is approved. */
  readonly start?: string;
  /** It was the form for breaking glass. */
  readonly isBreakGlass?: true;
}

export type FormField = Exclude<keyof FilledForm, 'isBreakGlass'>;

export interface FormAnswer {
  readonly lines: readonly Line[];
  /** Set when the form is to be corrected. */
  readonly faults?: Readonly<Partial<Record<FormField, Phrase>>>;
  /** Set when it was refused as a whole. */
  readonly refused: boolean;
  /** What is to be agreed to first, in place of the lines. */
  readonly report?: Report;
}

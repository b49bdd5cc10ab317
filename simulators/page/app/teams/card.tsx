import { AdaptiveCard, ExecuteAction } from 'adaptivecards';
import MarkdownIt from 'markdown-it';
import { useEffect, useMemo, useRef } from 'react';
import { useContrast, useDark } from '../live.ts';
import { hostConfig, type Theme } from './host-config.ts';

type Json = Readonly<Record<string, unknown>>;

/** A pressed button, as the simulator takes it. */
export interface Press {
  readonly verb: string;
  readonly title?: string;
  readonly data?: unknown;
  readonly inputs: Readonly<Record<string, string>>;
}

/** `<at>Ada Okafor</at>`, once it is escaped. */
const MENTION = /&lt;at&gt;(.*?)&lt;\/at&gt;/g;
const markdown = new MarkdownIt({ html: false, linkify: false, breaks: true });
AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text);
  result.didProcess = true;
};

/** A text of the bot as Teams shows it. */
export function Markdown({ text }: { readonly text: string }) {
  const html = useMemo(() => markdown.render(text).replace(MENTION, '<span class="mention">$1</span>'), [text]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: markdown-it without html escapes whatever it is given.
  return <div className="markdown" dangerouslySetInnerHTML={{ __html: html }} />;
}

interface Props {
  readonly card: Json;
  readonly onPress: (press: Press) => void;
}

/** An Adaptive Card, drawn by Microsoft's own renderer with Teams' looks. */
export function Card({ card, onPress }: Props) {
  const isDark = useDark();
  const theme: Theme = useContrast() ? 'contrast' : isDark ? 'dark' : 'light';
  const box = useRef<HTMLDivElement>(null);
  const press = useRef(onPress);
  press.current = onPress;
  // The state comes as a new object each time: a card is drawn anew only when it differs, so that typed text stays.
  const text = JSON.stringify(card);
  useEffect(() => {
    const adaptive = new AdaptiveCard();
    adaptive.hostConfig = hostConfig(theme);
    adaptive.onExecuteAction = (action) => {
      if (action instanceof ExecuteAction) press.current(pressOf(action));
    };
    adaptive.parse(JSON.parse(text));
    const drawn = adaptive.render();
    box.current?.replaceChildren(...(drawn ? [drawn] : []));
  }, [text, theme]);
  return <div className="card" ref={box} />;
}

/** The renderer has merged the inputs into the data: they are told apart again, as the simulator merges them itself. */
function pressOf(action: ExecuteAction): Press {
  const { data: own } = action.toJSON() as { readonly data?: unknown };
  const known = typeof own === 'object' && own !== null ? Object.keys(own) : [];
  const inputs = Object.entries((action.data ?? {}) as Json).filter(([name]) => !known.includes(name));
  return {
    verb: action.verb,
    ...(action.title ? { title: action.title } : {}),
    ...(own === undefined ? {} : { data: own }),
    inputs: Object.fromEntries(inputs.map(([name, value]) => [name, String(value)])),
  };
}

import { useId } from 'react';
import type { Json } from './blocks.tsx';
import { TypeAhead } from './type-ahead.tsx';

/** What is in an input: typed text, the value of an option, several values, or nothing. */
export type Given = string | readonly string[] | null;

interface Props {
  readonly block: Json;
  readonly value: Given;
  readonly error: string | undefined;
  readonly onChange: (value: Given) => void;
  /** Asks the app for options. */
  readonly onSuggest: (typed: string) => Promise<readonly Json[]>;
}

const words = (text: unknown): string => String((text as Json | undefined)?.text ?? '');

/** What Slack holds for an input block, from a view's `state`. */
export function givenIn(block: Json, state: Json): Given {
  const values = state.values as Readonly<Record<string, Readonly<Record<string, Json>>>>;
  const held = values[String(block.block_id)]?.[String((block.element as Json).action_id)];
  if (held?.selected_options) return (held.selected_options as Json[]).map(({ value }) => String(value));
  if (held?.selected_option) return String((held.selected_option as Json).value);
  return typeof held?.value === 'string' ? held.value : null;
}

/** An input block of a modal, with its label, hint and error. */
export function Field(props: Props) {
  const { block, error } = props;
  const id = useId();
  const hint = words(block.hint);
  return (
    <div className={error ? 'field field-wrong' : 'field'}>
      <label htmlFor={id}>
        {words(block.label)}
        {block.optional === true && <span className="field-optional"> (optional)</span>}
      </label>
      <Control {...props} id={id} describedBy={`${id}-hint`} />
      <p className="field-hint" id={`${id}-hint`}>
        {error ? <span role="alert">{error}</span> : hint}
      </p>
    </div>
  );
}

interface ControlProps extends Props {
  readonly id: string;
  readonly describedBy: string;
}

function Control({ block, value, error, onChange, onSuggest, id, describedBy }: ControlProps) {
  const element = block.element as Json;
  const options = (element.options as readonly Json[] | undefined) ?? [];
  const placeholder = words(element.placeholder);
  const common = { id, 'aria-describedby': describedBy, 'aria-invalid': error !== undefined };
  const text = typeof value === 'string' ? value : '';
  switch (element.type) {
    case 'plain_text_input':
      return element.multiline === true ? (
        <textarea
          {...common}
          rows={Math.max(3, text.split('\n').length + 1)}
          value={text}
          placeholder={placeholder}
          onChange={typed(onChange)}
        />
      ) : (
        <input {...common} type="text" value={text} placeholder={placeholder} onChange={typed(onChange)} />
      );
    case 'static_select':
      return (
        <select {...common} value={text} onChange={({ target }) => onChange(target.value || null)}>
          <option value="">{placeholder || 'Choose…'}</option>
          {options.map((option) => (
            <option key={String(option.value)} value={String(option.value)}>
              {[words(option.text), words(option.description)].filter(Boolean).join(' · ')}
            </option>
          ))}
        </select>
      );
    case 'multi_static_select':
      return <Several {...common} options={options} chosen={Array.isArray(value) ? value : []} onChange={onChange} />;
    case 'external_select':
      return <TypeAhead {...common} placeholder={placeholder} onSuggest={onSuggest} onChoose={onChange} />;
    default:
      return <p>This page cannot draw a “{String(element.type)}”.</p>;
  }
}

/** An emptied input holds nothing, as in Slack. */
const typed =
  (onChange: Props['onChange']) =>
  ({ target }: { readonly target: { readonly value: string } }) =>
    onChange(target.value === '' ? null : target.value);

interface SeveralProps {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly options: readonly Json[];
  readonly chosen: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

/** A menu of which several may be chosen, as a row of pills. */
function Several({ id, 'aria-describedby': describedBy, options, chosen, onChange }: SeveralProps) {
  return (
    <fieldset className="pills" aria-describedby={describedBy}>
      {options.map((option, i) => {
        const value = String(option.value);
        const isChosen = chosen.includes(value);
        return (
          <label key={value} className="pill">
            <input
              type="checkbox"
              checked={isChosen}
              {...(i === 0 ? { id } : {})}
              onChange={() => onChange(isChosen ? chosen.filter((one) => one !== value) : [...chosen, value])}
            />
            {words(option.text)}
          </label>
        );
      })}
    </fieldset>
  );
}

/**
 * What Adaptive Cards 1.5 knows, after the published schema (adaptivecards.io/schemas/1.5.0), together with what Teams
 * adds to it (`msteams` on the card, `choices.data` and the `filtered` style of a choice set).
 *
 * One rule says what a property may hold: `string`, `number`, `boolean`, `url`, `object`; a `TypeName`; `#Group` for
 * any type of a group; `[rule]` for a list; `a|b` for one of these words in any case; ` or ` between alternatives.
 * A trailing `!` means that it must be there.
 */
type Rules = Readonly<Record<string, string>>;

const spacing = 'default|none|small|medium|large|extraLarge|padding';
const horizontal = 'left|center|right';
const vertical = 'top|center|bottom';
const container = 'default|emphasis|good|attention|warning|accent';
const toggleable: Rules = { id: 'string', isVisible: 'boolean', requires: 'object' };
const element: Rules = {
  ...toggleable,
  fallback: '#Element or drop',
  height: 'auto|stretch',
  separator: 'boolean',
  spacing,
};
const input: Rules = { ...element, id: 'string!', label: 'string', isRequired: 'boolean', errorMessage: 'string' };
const action: Rules = {
  id: 'string',
  title: 'string',
  iconUrl: 'url',
  style: 'default|positive|destructive',
  fallback: '#Action or drop',
  tooltip: 'string',
  isEnabled: 'boolean',
  mode: 'primary|secondary',
  requires: 'object',
};
const box: Rules = {
  selectAction: '#SelectAction',
  style: container,
  verticalContentAlignment: vertical,
  bleed: 'boolean',
  backgroundImage: 'BackgroundImage or url',
  minHeight: 'string',
  rtl: 'boolean',
};
const text: Rules = {
  text: 'string!',
  color: 'default|dark|light|accent|good|warning|attention',
  fontType: 'default|monospace',
  isSubtle: 'boolean',
  size: 'default|small|medium|large|extraLarge',
  weight: 'default|lighter|bolder',
};
const bounds: Rules = { max: 'string', min: 'string', placeholder: 'string', value: 'string' };
const cells: Rules = { horizontalCellContentAlignment: horizontal, verticalCellContentAlignment: vertical };

/** Properties by type name. `type` itself is allowed everywhere. */
export const types: Readonly<Record<string, Rules>> = {
  AdaptiveCard: {
    version: 'string',
    refresh: 'Refresh',
    authentication: 'object',
    body: '[#Element]',
    actions: '[#Action]',
    selectAction: '#SelectAction',
    fallbackText: 'string',
    backgroundImage: 'BackgroundImage or url',
    minHeight: 'string',
    rtl: 'boolean',
    speak: 'string',
    lang: 'string',
    verticalContentAlignment: vertical,
    $schema: 'url',
    msteams: 'TeamsOptions',
  },
  TeamsOptions: { width: 'full', entities: '[object]' },
  Refresh: { action: 'Action.Execute!', userIds: '[string]' },
  BackgroundImage: {
    url: 'url!',
    fillMode: 'cover|repeatHorizontally|repeatVertically|repeat',
    horizontalAlignment: horizontal,
    verticalAlignment: vertical,
  },

  'Action.Execute': { ...action, verb: 'string', data: 'string or object', associatedInputs: 'auto|none' },
  'Action.Submit': { ...action, data: 'string or object', associatedInputs: 'auto|none' },
  'Action.OpenUrl': { ...action, url: 'url!' },
  'Action.ShowCard': { ...action, card: 'AdaptiveCard!' },
  'Action.ToggleVisibility': { ...action, targetElements: '[string or TargetElement]!' },
  TargetElement: { elementId: 'string!', isVisible: 'boolean' },

  TextBlock: {
    ...element,
    ...text,
    horizontalAlignment: horizontal,
    maxLines: 'number',
    wrap: 'boolean',
    style: 'default|heading',
  },
  RichTextBlock: { ...element, inlines: '[string or TextRun]!', horizontalAlignment: horizontal },
  TextRun: {
    ...text,
    highlight: 'boolean',
    italic: 'boolean',
    strikethrough: 'boolean',
    underline: 'boolean',
    selectAction: '#SelectAction',
  },
  Image: {
    ...element,
    url: 'url!',
    altText: 'string',
    backgroundColor: 'string',
    height: 'string',
    width: 'string',
    horizontalAlignment: horizontal,
    selectAction: '#SelectAction',
    size: 'auto|stretch|small|medium|large',
    style: 'default|person',
  },
  ImageSet: { ...element, images: '[Image]!', imageSize: 'auto|stretch|small|medium|large' },
  Media: { ...element, sources: '[MediaSource]!', poster: 'url', altText: 'string' },
  MediaSource: { mimeType: 'string!', url: 'url!' },
  FactSet: { ...element, facts: '[Fact]!' },
  Fact: { title: 'string!', value: 'string!' },
  ActionSet: { ...element, actions: '[#Action]!' },
  Container: { ...element, ...box, items: '[#Element]!' },
  ColumnSet: {
    ...element,
    columns: '[Column]',
    selectAction: '#SelectAction',
    style: container,
    bleed: 'boolean',
    minHeight: 'string',
    horizontalAlignment: horizontal,
  },
  Column: {
    ...toggleable,
    ...box,
    items: '[#Element]',
    fallback: 'Column or drop',
    separator: 'boolean',
    spacing,
    width: 'string or number',
  },
  Table: {
    ...element,
    ...cells,
    columns: '[TableColumnDefinition]',
    rows: '[TableRow]',
    firstRowAsHeader: 'boolean',
    // The published schema drops the s that its own samples and the renderers have.
    firstRowAsHeaders: 'boolean',
    showGridLines: 'boolean',
    gridStyle: container,
  },
  TableColumnDefinition: { ...cells, width: 'string or number' },
  TableRow: { ...cells, cells: '[TableCell]', style: container },
  TableCell: { ...box, items: '[#Element]!' },

  'Input.Text': {
    ...input,
    isMultiline: 'boolean',
    maxLength: 'number',
    placeholder: 'string',
    regex: 'string',
    style: 'text|tel|url|email|password',
    inlineAction: '#SelectAction',
    value: 'string',
  },
  'Input.Number': { ...input, max: 'number', min: 'number', placeholder: 'string', value: 'number' },
  'Input.Date': { ...input, ...bounds },
  'Input.Time': { ...input, ...bounds },
  'Input.Toggle': {
    ...input,
    title: 'string!',
    value: 'string',
    valueOff: 'string',
    valueOn: 'string',
    wrap: 'boolean',
  },
  'Input.ChoiceSet': {
    ...input,
    choices: '[Input.Choice]',
    'choices.data': 'Data.Query',
    isMultiSelect: 'boolean',
    style: 'compact|expanded|filtered',
    value: 'string',
    placeholder: 'string',
    wrap: 'boolean',
  },
  'Input.Choice': { title: 'string!', value: 'string!' },
  'Data.Query': { dataset: 'string!', value: 'string', count: 'number', skip: 'number' },
};

const actions = ['Action.Execute', 'Action.OpenUrl', 'Action.Submit', 'Action.ToggleVisibility'];

/** Which types may stand where. Here the `type` property is required. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  SelectAction: actions,
  Action: [...actions, 'Action.ShowCard'],
  Element: [
    'ActionSet',
    'ColumnSet',
    'Container',
    'FactSet',
    'Image',
    'ImageSet',
    'Input.ChoiceSet',
    'Input.Date',
    'Input.Number',
    'Input.Text',
    'Input.Time',
    'Input.Toggle',
    'Media',
    'RichTextBlock',
    'Table',
    'TextBlock',
  ],
};

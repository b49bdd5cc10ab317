import { HostConfig } from 'adaptivecards';

const color = (normal: string, subtle = normal) => ({ default: normal, subtle });

interface Shades {
  readonly ink: string;
  readonly faint: string;
  readonly accent: string;
  readonly good: string;
  readonly warning: string;
  readonly attention: string;
  readonly line: string;
  readonly page: string;
  readonly emphasis: string;
  readonly goodBack: string;
  readonly warningBack: string;
  readonly attentionBack: string;
  readonly accentBack: string;
}

/** Teams' own colours (Fluent UI's Teams themes). */
const LIGHT: Shades = {
  ink: '#242424',
  faint: '#616161',
  accent: '#4f52b2',
  good: '#0d5f2c',
  warning: '#835c00',
  attention: '#a4262c',
  line: '#e0e0e0',
  page: '#ffffff',
  emphasis: '#f3f3f3',
  goodBack: '#e4f3e7',
  warningBack: '#fff4d8',
  attentionBack: '#fbe6e8',
  accentBack: '#e8ebfa',
};
const DARK: Shades = {
  ink: '#ffffff',
  faint: '#b5b5b5',
  accent: '#a6abf5',
  good: '#7ed694',
  warning: '#ffd98a',
  attention: '#ff9da4',
  line: '#3d3d3d',
  page: '#292929',
  emphasis: '#333333',
  goodBack: '#16351f',
  warningBack: '#3b2f0b',
  attentionBack: '#43191d',
  accentBack: '#2f3050',
};

/** Its theme for high contrast: black, white, and what the system calls a link and a highlight (Fluent UI, `teamsHighContrastTheme`). */
const CONTRAST: Shades = {
  ink: '#ffffff',
  faint: '#ffffff',
  accent: '#1aebff',
  good: '#3ff23f',
  warning: '#ffff00',
  attention: '#ffff00',
  line: '#ffffff',
  page: '#000000',
  emphasis: '#000000',
  goodBack: '#000000',
  warningBack: '#000000',
  attentionBack: '#000000',
  accentBack: '#000000',
};

const THEMES = { light: LIGHT, dark: DARK, contrast: CONTRAST } as const;

export type Theme = keyof typeof THEMES;

/** How Teams draws Adaptive Cards: its sizes, spacings and colours, for Microsoft's renderer. */
export function hostConfig(theme: Theme): HostConfig {
  const s: Shades = THEMES[theme];
  const foregroundColors = {
    default: color(s.ink, s.faint),
    dark: color(s.ink, s.faint),
    light: color(s.faint),
    accent: color(s.accent),
    good: color(s.good),
    warning: color(s.warning),
    attention: color(s.attention),
  };
  const style = (backgroundColor: string) => ({ backgroundColor, foregroundColors });
  return new HostConfig({
    supportsInteractivity: true,
    fontFamily: 'var(--sans)',
    fontSizes: { small: 12, default: 14, medium: 15, large: 18, extraLarge: 22 },
    fontWeights: { lighter: 400, default: 400, bolder: 600 },
    spacing: { small: 6, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 14 },
    separator: { lineThickness: 1, lineColor: s.line },
    containerStyles: {
      default: style(s.page),
      emphasis: style(s.emphasis),
      good: style(s.goodBack),
      warning: style(s.warningBack),
      attention: style(s.attentionBack),
      accent: style(s.accentBack),
    },
    actions: {
      maxActions: 6,
      spacing: 'default',
      buttonSpacing: 8,
      actionsOrientation: 'horizontal',
      actionAlignment: 'left',
      allowTitleToWrap: true,
      showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
    },
    factSet: {
      title: { color: 'default', size: 'default', weight: 'bolder', wrap: true, maxWidth: 130 },
      value: { color: 'default', size: 'default', weight: 'default', wrap: true },
      spacing: 14,
    },
    inputs: {
      label: {
        inputSpacing: 'small',
        requiredInputs: { weight: 'bolder', suffix: ' *', suffixColor: 'attention' },
        optionalInputs: { weight: 'bolder' },
      },
      errorMessage: { color: 'attention', size: 'small', spacing: 'small' },
    },
  });
}

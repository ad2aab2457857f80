import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** The accent: deep water, calm. */
const petrol: MantineColorsTuple = [
  '#e8f5f7',
  '#cfe8ec',
  '#a4d4dc',
  '#76bfcb',
  '#4dabbb',
  '#2f97a8',
  '#1b7c8d',
  '#0e6878',
  '#095361',
  '#063f4a',
];
/** Pick up. */
const leaf: MantineColorsTuple = [
  '#e8f7ee',
  '#cfeddb',
  '#a0dbb9',
  '#6cc793',
  '#40b473',
  '#259f5e',
  '#177f49',
  '#116b3d',
  '#0c5530',
  '#083f24',
];
/** Hang up, and what went wrong. */
const signal: MantineColorsTuple = [
  '#fdeded',
  '#fad6d8',
  '#f3abae',
  '#ec7c82',
  '#e4545c',
  '#d93742',
  '#c62a36',
  '#a9202b',
  '#881923',
  '#65131a',
];
/** Waiting: hold, missed, fair. */
const amber: MantineColorsTuple = [
  '#fff6e2',
  '#ffe9bd',
  '#ffd480',
  '#fabb3d',
  '#e9a213',
  '#cc8700',
  '#a36800',
  '#835300',
  '#674100',
  '#4a2f00',
];
const dark: MantineColorsTuple = [
  '#dfe7ea',
  '#b9c6cb',
  '#9aaab1',
  '#6f8189',
  '#445860',
  '#2d3b41',
  '#222e33',
  '#172024',
  '#10181b',
  '#0b1113',
];

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol, leaf, signal, amber, dark },
  black: '#14222a',
  fontFamily: "'Figtree Variable', system-ui, sans-serif",
  headings: { fontFamily: "'Figtree Variable', system-ui, sans-serif", fontWeight: '620' },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '9px', lg: '14px', xl: '22px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    Modal: {
      defaultProps: {
        radius: 'lg',
        centered: true,
        styles: { title: { fontSize: 18, fontWeight: 620, letterSpacing: '-0.01em', lineHeight: 1.35 } },
      },
    },
  },
});

/** Mantine's greys for secondary text are too pale for WCAG AA; these are not. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#4f626b',
    '--mantine-color-placeholder': '#5d6f78',
    '--mantine-color-default-border': '#c3cdd1',
    '--mantine-color-error': 'var(--mantine-color-signal-7)',
  },
  dark: {
    '--mantine-color-body': '#172024',
    '--mantine-color-dimmed': '#9fb0b7',
    '--mantine-color-placeholder': '#8c9da4',
    '--mantine-color-default-border': '#3d4f57',
    '--mantine-color-error': 'var(--mantine-color-signal-3)',
  },
});

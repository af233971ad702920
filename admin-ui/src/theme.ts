// The look: one accent, cool greys, the system's own typeface, and text colours that keep 4.5:1 on every surface
// (WCAG 2.2, 1.4.3) in both schemes. Own classes for what Mantine has no component for are in style/.

import { createTheme, Drawer, Modal, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const harbour: MantineColorsTuple = [
  '#e7f5f8',
  '#d0e8ee',
  '#a3d2de',
  '#72bccd',
  '#4ba8be',
  '#2f99b2',
  '#1a869e',
  '#0e7085',
  '#0a5b6d',
  '#064656',
]

const night: MantineColorsTuple = [
  '#dbe2ea',
  '#bcc7d3',
  '#9aa8b8',
  '#6d7c8d',
  '#33404d',
  '#293541',
  '#1c252f',
  '#141b23',
  '#0f151b',
  '#0a0e13',
]

const slate: MantineColorsTuple = [
  '#f6f8fa',
  '#eff2f5',
  '#e4e9ee',
  '#d5dce3',
  '#b8c2cd',
  '#7f8c9a',
  '#5a6775',
  '#45525f',
  '#2c3742',
  '#18212a',
]

const danger: MantineColorsTuple = [
  '#fdecea',
  '#fad4d0',
  '#f3aaa3',
  '#ea7f75',
  '#e0584c',
  '#d23e31',
  '#c22f23',
  '#b3261e',
  '#951c15',
  '#76130e',
]

const systemFont =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif'
const systemMono = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace'

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 7 },
  colors: { harbour, danger, dark: night, gray: slate },
  black: '#18212a',
  fontFamily: systemFont,
  fontFamilyMonospace: systemMono,
  headings: {
    fontFamily: systemFont,
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  radius: { sm: '5px', md: '7px', lg: '12px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // The <header> of a dialog would count as a second banner of the page.
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        closeButtonProps: { 'aria-label': 'Close' },
        attributes: { header: { role: 'none' } },
      },
    }),
    Drawer: Drawer.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' }, attributes: { header: { role: 'none' } } },
    }),
  },
})

/** Mantine's variables where its own values are too faint to read. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f4f6f8',
    '--mantine-color-dimmed': '#566371',
    '--mantine-color-placeholder': '#6a7785',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-anchor': '#0a6478',
    '--mantine-color-default': '#ffffff',
    '--mantine-color-default-border': '#cdd5dd',
    '--input-asterisk-color': '#b3261e',
  },
  dark: {
    '--mantine-color-body': '#10161d',
    '--mantine-color-dimmed': '#9aa8b8',
    '--mantine-color-placeholder': '#8494a5',
    '--mantine-color-error': '#ff9a92',
    '--mantine-color-anchor': '#72c7da',
    '--mantine-color-default': '#19222b',
    '--mantine-color-default-border': '#3a4855',
    '--input-asterisk-color': '#ff9a92',
  },
})

// The terminal a replay is drawn on: characters and colours, nothing else. The gateway has made the text safe (FORMAT.md
// section 6.1); here it is drawn by an emulator that takes no input and follows no link. Its letters are as large as the
// place allows.

import { Terminal } from '@xterm/xterm'
import type { CastSize } from './cast-events.ts'
import type { Screen } from './playback.ts'

export interface TerminalScreen extends Screen {
  /** Its letters fit the place again, whose width may have changed. */
  fit(): void
  dispose(): void
}

const smallestLetter = 6
const largestLetter = 17
/** Width of a letter of the typeface to its height; only for the first look, then it is measured. */
const usualShape = 0.6

export function openScreen(place: HTMLElement): TerminalScreen {
  const terminal = new Terminal({
    disableStdin: true,
    cursorBlink: false,
    scrollback: 2_000,
    // Dark red on black is a target's choice; whoever reads it has to see it (WCAG 2.2, 1.4.3).
    minimumContrastRatio: 4.5,
    fontSize: 13,
    fontFamily: 'ui-monospace, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
    theme: { background: '#121314', foreground: '#d8dadd' },
  })
  terminal.open(place)
  // A recording is looked at: keys are the player's, and Tab leaves the terminal.
  terminal.attachCustomKeyEventHandler(() => false)
  terminal.textarea?.setAttribute('tabindex', '-1')

  function fit(): void {
    const width = place.clientWidth
    if (width === 0) return
    const shown = terminal.element?.querySelector('.xterm-screen')?.clientWidth ?? 0
    const size = terminal.options.fontSize ?? 13
    const shape = shown > 0 ? shown / terminal.cols / size : usualShape
    const wanted = Math.floor((width / terminal.cols / shape) * 2) / 2
    terminal.options.fontSize = Math.min(largestLetter, Math.max(smallestLetter, wanted))
  }

  /** Behind what was written before, which the terminal reads when it has time. */
  const inTurn = (act: () => void): void => terminal.write('', act)
  const sized = ({ columns, rows }: CastSize): void => {
    if (columns === terminal.cols && rows === terminal.rows) return
    terminal.resize(columns, rows)
    fit()
  }

  return {
    reset: (size) =>
      inTurn(() => {
        terminal.reset()
        sized(size)
      }),
    resize: (size) => inTurn(() => sized(size)),
    write: (text) => terminal.write(text),
    fit,
    dispose: () => terminal.dispose(),
  }
}

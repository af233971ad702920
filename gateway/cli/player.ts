// Playing a cast: what to show, and when. The screen it plays on, with its clock and keys, is given.

import { TerminalFilter } from '../../recorder/index.ts'
import type { CastEvent } from './cast.ts'

export interface Screen {
  write(text: string): Promise<void>
  /** Waits until so many ms of playing have passed; false when the person has had enough. */
  until(playedMs: number): Promise<boolean>
  /** Playing is over: `restore` puts a terminal right again, whatever was played on it. */
  end(restore: string): Promise<void>
}

export interface Speed {
  /** 2 plays twice as fast. */
  readonly factor: number
  /** Longer silences, in seconds of the recording, are cut to this. */
  readonly idleLimit: number
}

export interface Played {
  readonly whole: boolean
  /** Text of the last marker: how the channel's program ended. */
  readonly lastMarker: string | null
}

/**
 * Plays events in order. The recorder has made them safe already; they are filtered again here, because this terminal
 * is not to depend on what another machine says it did.
 */
export async function play(
  events: AsyncIterable<CastEvent>,
  screen: Screen,
  { factor, idleLimit }: Speed,
): Promise<Played> {
  const filter = new TerminalFilter()
  const traces = new Traces()
  let before = 0
  let playedMs = 0
  let lastMarker: string | null = null
  try {
    for await (const { at, code, text } of events) {
      // A time that runs backwards counts as no time at all.
      playedMs += (Math.min(Math.max(at - before, 0), idleLimit) / factor) * 1000
      before = Math.max(before, at)
      if (!(await screen.until(playedMs))) return { whole: false, lastMarker }
      if (code === 'm') lastMarker = text
      if (code !== 'o') continue
      const safe = filter.push(text)
      traces.note(safe)
      if (safe !== '') await screen.write(safe)
    }
    return { whole: true, lastMarker }
  } finally {
    await screen.end(traces.restore())
  }
}

const esc = '\u001b'

/** What a recording has left behind in the terminal, as far as it must be undone with care. */
class Traces {
  #alternate = false
  #margins = false

  note(text: string): void {
    // The filter gives sequences whole, so none is cut in two here.
    for (const [, modes = '', set = ''] of text.matchAll(/\u001b\[\?([0-9;]+)([hl])/g)) {
      if (modes.split(';').some((mode) => ['47', '1047', '1049'].includes(mode))) this.#alternate = set === 'h'
      if (modes.split(';').includes('6')) this.#margins = true
    }
    if (/\u001b\[[0-9;]*r/.test(text)) this.#margins = true
    // A full reset (ESC c) undoes both.
    const reset = text.lastIndexOf(`${esc}c`)
    if (reset >= 0 && !/\u001b\[/.test(text.slice(reset))) {
      this.#alternate = false
      this.#margins = false
    }
  }

  restore(): string {
    const back = this.#alternate ? `${esc}[?1049l` : ''
    // Undoing margins and origin mode sends the cursor home; the lowest line is where a prompt disturbs least.
    const margins = this.#margins ? `${esc}[?6l${esc}[r${esc}[999;1H` : ''
    // Synchronized update off, insert off, wrap on, cursor shown in its own style, no reverse video, plain character
    // set, no attributes.
    return `${back}${margins}${esc}[?2026l${esc}[4l${esc}[?7h${esc}[?25h${esc}[0 q${esc}[?5l${esc}(B\u000f${esc}[0m\r\n`
  }
}

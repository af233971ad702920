// A recording with one channel whose clock is set by the test, and what an emulator shows of a cast.

import { createRequire } from 'node:module'

import type * as headless from '@xterm/headless'

import {
  createRecording,
  type ChannelMeta,
  type ChannelWriter,
  type Recording,
  unwrapSessionKey,
} from '../../../recorder/index.ts'
import { makeEscrow, makeFolder, openedAt, sessionA, signer } from '../sample.ts'

const { Terminal } = createRequire(import.meta.url)('@xterm/headless') as typeof headless

export interface ChannelScene {
  readonly dir: string
  readonly key: Buffer
  readonly channel: number
  /** Folder for the index. */
  readonly folder: string
  readonly recording: Recording
  readonly writer: ChannelWriter
  /** Moves the clock to so many seconds after the channel was opened. */
  at(seconds: number): void
  /** Closes the channel and seals. */
  seal(): Promise<void>
}

export async function openScene(meta: ChannelMeta): Promise<ChannelScene> {
  const root = makeFolder()
  const escrow = await makeEscrow()
  let elapsed = 0n
  const recording = await createRecording({
    root,
    sessionId: sessionA,
    meta: {},
    recipients: [escrow.recipient],
    now: () => openedAt + Number(elapsed / 1_000_000n),
    monotonic: () => elapsed,
    signer,
  })
  const writer = recording.openChannel(meta)
  return {
    dir: recording.dir,
    key: await unwrapSessionKey(recording.dir, [escrow.identity]),
    channel: 0,
    folder: makeFolder(),
    recording,
    writer,
    at: (seconds) => void (elapsed = BigInt(Math.round(seconds * 1e9))),
    async seal() {
      writer.close()
      await recording.seal({ status: 'complete', reason: 'client' })
    },
  }
}

/** The rows of the screen that a player shows after these lines of a cast v2, and where its cursor is. */
export async function screenAfter(lines: readonly string[], until = Infinity): Promise<string> {
  const [head = '{}', ...rest] = lines
  const { width, height } = JSON.parse(head) as { width: number; height: number }
  const terminal = new Terminal({ cols: width, rows: height, scrollback: 0, allowProposedApi: true })
  for (const line of rest) {
    const [time, code, text] = JSON.parse(line) as [number, string, string]
    if (time > until) break
    if (code === 'o') await new Promise<void>((resolve) => terminal.write(text, resolve))
    if (code === 'r') {
      const [cols = 80, rows = 24] = text.split('x').map(Number)
      terminal.resize(cols, rows)
    }
  }
  const { active } = terminal.buffer
  const rows = Array.from({ length: terminal.rows }, (_, y) => {
    const row = active.getLine(active.baseY + y)
    return Array.from({ length: terminal.cols }, (__, x) => {
      const cell = row?.getCell(x)
      const look = cell?.getChars().trim()
        ? `${cell.getFgColor()}${cell.isBold() === 0 ? '' : 'b'}${cell.isInverse() === 0 ? '' : 'i'}`
        : ''
      return `${cell?.getChars() || ' '}${look === '-1' ? '' : look}`
    }).join('')
  })
  return [...rows.map((row) => row.trimEnd()), `${active.cursorX},${active.cursorY} ${active.type}`].join('\n')
}

// The record of a channel as a list of lines, as strict as the recorder's: closed, it takes nothing more.

import type { ChannelRecord } from '../../../../gateway/brokers/broker.ts'

export interface ListRecord extends ChannelRecord {
  /** `in 5`, `notice …`, `event {…}`, `exit {…}`, `close`. */
  readonly lines: readonly string[]
  /** What came after the close: the recorder ends the whole session for it. */
  readonly late: readonly string[]
}

export function listRecord(): ListRecord {
  const lines: string[] = []
  const late: string[] = []
  let isClosed = false
  function add(line: string, written?: () => void): void {
    if (isClosed) {
      late.push(line)
      throw new Error(`closed, takes no frame: ${line}`)
    }
    lines.push(line)
    written?.()
  }
  return {
    lines,
    late,
    data: (direction, pieces, written) =>
      add(`${direction} ${pieces.reduce((sum, { length }) => sum + length, 0)}`, written),
    resize: (cols, rows, written) => add(`resize ${cols}x${rows}`, written),
    signal: (name, written) => add(`signal ${name}`, written),
    exit: (status, written) => add(`exit ${JSON.stringify(status)}`, written),
    notice: (text) => add(`notice ${text}`),
    event: (event, written) => add(`event ${JSON.stringify(event)}`, written),
    close() {
      if (!isClosed) add('close')
      isClosed = true
    },
  }
}

// The menu of what a person may reach now, for a login that named no asset. Nothing here touches an asset, so nothing
// is recorded; the choice goes through the door like any name.

import type { ServerChannel } from 'ssh2'
import type { Reachable } from '../broker.ts'

const clockIn = (timeZone: string, instant: number): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(instant)

/** The lines of the menu. */
export function menuText(items: readonly Reachable[]): string {
  const width = Math.max(...items.map(({ asset }) => asset.length))
  const rows = items.map(
    ({ asset, name, plant, timeZone, until }, i) =>
      `  ${String(i + 1).padStart(2)}  ${asset.padEnd(width)}  ${name}, ${plant}, until ${clockIn(timeZone, until)} (${timeZone})`,
  )
  return ['You may reach now:', '', ...rows, '', 'Number or name, then Enter; q to leave.', ''].join('\r\n')
}

export const nothingReachable =
  'You have no grant in its window now. Ask for access on the web page or with `sallyport request`, then come back.'

/**
 * Shows the menu and resolves with the name chosen, or null when the user leaves. Leaves no listener behind, and what
 * was typed after the choice stays in the channel.
 */
export function chooseAsset(channel: ServerChannel, items: readonly Reachable[]): Promise<string | null> {
  return new Promise((resolve) => {
    let line = ''
    channel.write(`${menuText(items)}\r\n> `)

    const leave = (choice: string | null): void => {
      channel.off('readable', read)
      channel.off('end', gone)
      channel.off('close', gone)
      channel.write('\r\n')
      resolve(choice)
    }
    const gone = (): void => leave(null)

    function enter(): void {
      const typed = line.trim()
      line = ''
      const chosen = items[Number(typed) - 1] ?? items.find(({ asset }) => asset === typed)
      if (typed === 'q' || typed === 'quit') return leave(null)
      if (chosen) return leave(chosen.asset)
      channel.write(`\r\nexpected a number from 1 to ${items.length} or a name above\r\n> `)
    }

    // One byte at a time: what follows the Enter belongs to the session.
    function read(): void {
      for (;;) {
        const byte = channel.read(1) as Buffer | null
        if (byte === null || byte[0] === undefined) return
        const code = byte[0]
        if (code === 3 || code === 4) return leave(null)
        if (code === 13 || code === 10) {
          enter()
          if (!channel.listeners('readable').includes(read)) return
        } else if (code === 127 || code === 8) {
          if (line.length > 0) channel.write('\b \b')
          line = line.slice(0, -1)
        } else if (code >= 32 && code < 127 && line.length < 64) {
          line += String.fromCharCode(code)
          channel.write(byte)
        }
      }
    }
    channel.on('readable', read)
    channel.once('end', gone)
    channel.once('close', gone)
    read()
  })
}

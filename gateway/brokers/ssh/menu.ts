// The menu of what a person may reach now, for a login that named no asset. Nothing here touches an asset, so nothing
// is recorded; the choice goes through the door like any name.

import type { ServerChannel } from 'ssh2'
import type { BrokerContext, Reachable, Visitor } from '../broker.ts'
import { gatewayExit, type Leg } from './channel.ts'

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

const nothingReachable =
  'You have no grant in its window now. Ask for access on the web page or with `sallyport request`, then come back.'

export type Choice =
  | { readonly kind: 'chosen'; readonly asset: string }
  | { readonly kind: 'left' }
  /** The gateway chooses to wait no longer; `text` says why. */
  | { readonly kind: 'given-up'; readonly text: string }

const mostTries = 20
const idleMs = 120_000
/** Keys taken before the answer to them must be on its way: an answer is larger than its key. */
const atOnce = 256

/**
 * Shows the menu and resolves with what the user does. Leaves no listener behind, and what was typed after the choice
 * stays in the channel. A user who does not read the answers is not listened to.
 * @param patienceMs how long it waits for the next key.
 */
export function chooseAsset(channel: ServerChannel, items: readonly Reachable[], patienceMs = idleMs): Promise<Choice> {
  return new Promise((resolve) => {
    let line = ''
    let tries = 0
    let result: Choice | null = null
    let answering = false
    /** What is to be shown for the keys taken in this turn. */
    let shown = ''
    const idle = setTimeout(
      () => leave({ kind: 'given-up', text: 'nothing was chosen for a while: come back when you are ready' }),
      patienceMs,
    )

    function leave(choice: Choice): void {
      if (result) return
      result = choice
      clearTimeout(idle)
      channel.off('readable', read)
      channel.off('end', gone)
      channel.off('close', gone)
      if (channel.writable) channel.write(`${shown}\r\n`)
      resolve(choice)
    }
    const gone = (): void => leave({ kind: 'left' })

    /** A write to a channel that closes never calls back; by then nobody waits here any more. */
    function answer(text: string): void {
      answering = true
      shown = ''
      channel.write(text, () => {
        // In a later turn: whoever types without end must not keep the gateway from serving others.
        setImmediate(() => {
          answering = false
          if (!result) read()
        })
      })
    }

    function enter(): string {
      const typed = line.trim()
      line = ''
      const chosen = items[Number(typed) - 1] ?? items.find(({ asset }) => asset === typed)
      if (typed === 'q' || typed === 'quit') leave({ kind: 'left' })
      else if (chosen) leave({ kind: 'chosen', asset: chosen.asset })
      else if (++tries === mostTries)
        leave({ kind: 'given-up', text: `expected a number from 1 to ${items.length} or a name above, got neither` })
      return `\r\nexpected a number from 1 to ${items.length} or a name above\r\n> `
    }

    /** Takes one key and says what to show for it. */
    function take(code: number): string {
      if (code === 13 || code === 10) return enter()
      if (code === 3 || code === 4) leave({ kind: 'left' })
      else if (code === 127 || code === 8) {
        const erased = line.length > 0
        line = line.slice(0, -1)
        return erased ? '\b \b' : ''
      } else if (code >= 32 && code < 127 && line.length < 64) {
        const key = String.fromCharCode(code)
        line += key
        return key
      }
      return ''
    }

    function read(): void {
      if (answering) return
      // One byte at a time: what follows the Enter belongs to the session.
      for (let taken = 0; taken < atOnce; taken++) {
        const code = (channel.read(1) as Buffer | null)?.[0]
        if (code === undefined) break
        idle.refresh()
        const text = take(code)
        if (result) return
        shown += text
      }
      // An empty answer, too, goes the way of the others, so that the next keys wait for a later turn.
      if (shown !== '' || channel.readableLength > 0) answer(shown)
    }
    channel.on('readable', read)
    channel.once('end', gone)
    channel.once('close', gone)
    answer(`${menuText(items)}\r\n> `)
  })
}

/**
 * The asset a channel leads to whose login names none: what is chosen from the menu of what its person may reach now.
 * @param interactive a command has nobody who chooses, and a machine account chooses from no menu.
 */
export async function chooseTarget(
  context: Pick<BrokerContext, 'reachable'>,
  channel: ServerChannel,
  interactive: boolean,
  visitor: Visitor,
): Promise<Extract<Choice, { kind: 'chosen' }> | Extract<Leg, { kind: 'refused' }>> {
  const refused = (text: string, exitCode = gatewayExit) => ({ kind: 'refused', text, exitCode }) as const
  if (!interactive || visitor.person.machine) return refused('no asset was named: use `ssh login+asset@gateway`')
  const items = await context.reachable(visitor)
  if (items.length === 0) return refused(nothingReachable)
  const choice = await chooseAsset(channel, items)
  if (choice.kind === 'chosen') return choice
  return choice.kind === 'left' ? refused('bye', 0) : refused(choice.text)
}

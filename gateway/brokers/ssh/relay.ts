// Moves the bytes of one channel between client and target. What comes in is recorded, then forwarded; back-pressure
// runs from each side to the other; the end is orderly: last byte, exit status, end of file, close.

import type { Duplex, Readable } from 'node:stream'
import type { ClientChannel, ServerChannel } from 'ssh2'
import type { Secret } from '../../secret.ts'
import { openFlow, type ChannelRecord, type Flow } from '../broker.ts'
import { ChannelOutput } from './channel-output.ts'
import { Gathering } from './gathering.ts'
import { clearScreen, openLock, type TerminalLock } from './terminal-lock.ts'
import { sendExit, signalledBy, type ExitStatus } from './signals.ts'
import { Unsent } from './unsent.ts'
import { closeTold } from './told-close.ts'

export interface RelayEnd {
  readonly by: 'client' | 'target'
}

/** The target's end of a channel: one of SSH, or a line of another protocol. */
export interface RelayTarget extends Duplex {
  readonly stderr: Readable
  setWindow(rows: number, cols: number, height: number, width: number): void
}

/** A terminal's size: as it is recorded, and as the client gave it, which may say that it does not know. */
export interface TerminalSize {
  readonly shown: { readonly cols: number; readonly rows: number }
  readonly told: { readonly cols: number; readonly rows: number; readonly width: number; readonly height: number }
}

export interface Relay {
  /** Resolves when both sides of the channel are closed. */
  readonly ended: Promise<RelayEnd>
  /** Records and forwards what has arrived, before something that must come after it. */
  flush(): void
  /**
   * What may pass from now on. Stopped input of a terminal is thrown away, since nobody means keys that take effect much
   * later; of a channel without one it is not read, so that nothing is missing in the middle of a file.
   */
  flow(flow: Flow): void
  /** May something reach the target now? */
  takesInput(): boolean
  /** The target's input ends now and for good; what the client sends goes nowhere. To be called before anything moves. */
  endInput(): void
  /** A program reads its size like any other input: the newest one reaches the target when input does. */
  resize(size: TerminalSize): void
  /** A line from the gateway to the user, recorded as such. A program without a terminal is not spoken to. */
  notice(text: string): void
  /**
   * Ends the channel from here, telling the user why. Resolves when the client side is closed or given up.
   * @param patienceMs how long what waits for the client may still take to leave.
   */
  cut(text: string, exitCode: number, patienceMs: number): Promise<void>
  /**
   * The connection to the target is gone. What it had said is still delivered; where its program had not ended the user
   * is then told why it does. Resolves when the channel has ended, which takes as long as the client reads.
   */
  targetGone(text: string, exitCode: number): Promise<void>
  /**
   * The client has closed the channel, or its connection is gone: what it had sent and nobody has read goes nowhere. What is
   * to be undone on the target first resolves when it is, within seconds.
   */
  clientGone(): void | Promise<void>
}

/** A code typed on the locked terminal. */
type Unlock = (code: Secret<string>) => Promise<'unlocked' | 'wrong'>

const goesOnText = 'the session goes on'
const goesOnWithoutText = `${goesOnText}; what was typed meanwhile did not reach the target`
const lockText = 'locked, because nothing was typed for a while'

/** What the recorder threw; the session is ending by then, so the bytes are dropped. */
type OnRecorderFailure = (error: unknown) => void

/** How the target's program ended, as far as it has said so; null until then, and where it never says. */
export type ExitWatch = () => ExitStatus | null

interface Inside {
  /** Of an SSH channel alone. */
  readonly incoming?: { readonly state: 'open' | 'eof' | 'closed' }
}

/** The target has said that this channel says no more, so losing the connection loses nothing of it. */
function hasEnded(target: RelayTarget, exit: ExitWatch): boolean {
  return exit() !== null || (target as unknown as Inside).incoming?.state !== 'open'
}

/** Must be called in the callback that opened the channel: ssh2 tells the exit once, to whoever listens then. */
export function watchExit(target: ClientChannel): ExitWatch {
  let exit: ExitStatus | null = null
  target.on('exit', (code: number | null, signalName = 'KILL', coreDumped?: unknown) => {
    exit = code === null ? signalledBy(signalName, coreDumped === true) : { code }
  })
  return () => exit
}

export function startRelay(
  client: ServerChannel,
  target: RelayTarget,
  exit: ExitWatch,
  record: ChannelRecord,
  hasTerminal: boolean,
  unlock: Unlock,
  onRecorderFailure: OnRecorderFailure,
): Relay {
  const output = new ChannelOutput(client, () => {
    readTarget()
    steer()
  })
  const unsent = new Unsent(target)
  let finished = false
  let cutting = false
  let dead = false
  let gone = false
  // Owned by flow: what may pass, the lock while there is one, and what input had to wait.
  let passing = openFlow
  let lock: TerminalLock | null = null
  let targetFull = false
  let thrownAway = 0
  let newSize: TerminalSize | null = null
  let clientEnded = false
  let isDeaf = false
  /** What the user is told after the last byte, where the target went away in the middle. */
  let broken: { readonly text: string; readonly exitCode: number } | null = null
  /** Who waits until nothing is held any more. */
  const heldBack: (() => void)[] = []
  let resolveEnded: (end: RelayEnd) => void = () => undefined
  const ended = new Promise<RelayEnd>((resolve) => (resolveEnded = resolve))

  function recorded(write: () => void): boolean {
    if (dead) return false
    try {
      write()
      return true
    } catch (error) {
      dead = true
      target.destroy()
      onRecorderFailure(error)
      return false
    }
  }

  /** Records something, and resolves with true when it is written; with false where it never will be. */
  function recordedWhole(write: (written: () => void) => void): Promise<boolean> {
    return new Promise((resolve) => {
      void ended.then(() => resolve(false))
      if (!recorded(() => write(() => resolve(true)))) resolve(false)
    })
  }

  const isForTarget = (): boolean => passing.input && lock === null && !isDeaf
  const takesInput = (): boolean => isForTarget() && !passing.held

  /** Resolves when what has arrived is recorded and forwarded: at once, but for a session that is held. */
  function released(): Promise<void> {
    if (!passing.held || finished) return Promise.resolve()
    return new Promise((resolve) => heldBack.push(resolve))
  }

  function readTarget(): void {
    if (output.isFull || passing.held) return
    target.resume()
    target.stderr.resume()
  }

  /** Reads from the client what may be read now. */
  function steer(): void {
    if (finished) return
    // On a locked terminal each key is answered: who reads no answers types no further.
    const readsNow = lock !== null ? output.hasRoomToSay : passing.input ? !targetFull : hasTerminal || isDeaf
    const reads = cutting || gone || (passing.held ? hasTerminal : readsNow)
    if (reads) client.resume()
    else client.pause()
  }

  /** Says how much of what was typed went nowhere. */
  function accountForThrownAway(): void {
    const dropped = unsent.takeDropped()
    if (dropped > 0)
      recorded(() => record.notice(`the last ${dropped} bytes before input was stopped did not reach the target`))
    if (thrownAway === 0) return
    const text = `${thrownAway} bytes sent while input was stopped did not reach the target`
    thrownAway = 0
    recorded(() => record.notice(text))
  }

  function tellSize(): void {
    if (newSize === null || finished || !takesInput()) return
    const { shown, told } = newSize
    newSize = null
    flush()
    const tell = (): void => target.setWindow(told.rows, told.cols, told.height, told.width)
    recorded(() => record.resize(shown.cols, shown.rows, tell))
  }

  function endTarget(): void {
    if (!clientEnded || !takesInput()) return
    fromClient.flush()
    // What was just recorded may have found no room: then it comes first.
    if (!passing.held) target.end()
  }

  function flush(): void {
    fromClient.flush()
    fromTarget.flush()
  }

  function finish(by: RelayEnd['by']): void {
    if (finished) return
    // What had arrived belongs to the record, also where nobody is left to read it.
    flush()
    accountForThrownAway()
    finished = true
    for (const goOn of heldBack.splice(0)) goOn()
    output.abandon()
    recorded(() => record.close())
    resolveEnded({ by })
  }

  const fromTarget = new Gathering<'out' | 'err'>((stream, pieces) => {
    if (cutting || finished) return
    recorded(() => record.data(stream, pieces, () => toClient(stream, pieces)))
  })
  function toClient(stream: 'out' | 'err', pieces: readonly Uint8Array[]): void {
    if (cutting) return
    let room = true
    for (const bytes of pieces) room = output.write(stream, bytes)
    if (room) return
    target.pause()
    target.stderr.pause()
  }
  target.on('data', (bytes: Buffer) => fromTarget.add('out', bytes))
  target.stderr.on('data', (bytes: Buffer) => fromTarget.add('err', bytes))

  const fromClient = new Gathering<'in'>((stream, pieces) => {
    if (cutting || gone || finished) return
    recorded(() => record.data(stream, pieces, () => toTarget(pieces)))
  })
  function toTarget(pieces: readonly Uint8Array[]): void {
    if (cutting || gone) return
    let room = true
    for (const bytes of pieces) room = target.write(bytes)
    if (room) return
    targetFull = true
    steer()
  }
  client.on('data', (bytes: Buffer) => {
    // What was left of a client that is gone.
    if (finished) return
    if (lock) {
      lock.take(bytes)
      steer()
    } else if (!isDeaf && (cutting || gone || isTaken())) fromClient.add('in', bytes)
    else thrownAway += bytes.length
  })
  target.on('drain', () => {
    targetFull = false
    steer()
  })
  client.on('end', () => {
    fromClient.flush()
    clientEnded = true
    // The end of the input is input: it reaches the target when input does.
    endTarget()
  })

  /** Straight to standard error: a program reading standard output must not take our words for the target's. */
  function tell(text: string): void {
    recorded(() => record.notice(text))
    // What a locked terminal was not shown is not shown at the end either.
    if (lock) output.dropHeld()
    output.write('err', Buffer.from(`\r\n[sallyport] ${text}\r\n`))
  }

  function say(text: string): void {
    output.say('out', Buffer.from(text))
  }

  /** Is what the client sends for the target, now or when the session goes on? Nobody means keys that wait. */
  const isTaken = (): boolean => passing.input && !(passing.held && hasTerminal)

  const saysInput = (before: Flow): string | null =>
    before.input || isDeaf ? null : 'what you type reaches the target again'

  function setLock(): void {
    recorded(() => record.notice(lockText))
    output.hold()
    say(`${clearScreen}[sallyport] ${lockText}\r\n`)
    lock = openLock(say, unlock)
  }

  // The target has said everything when both its streams have ended and its channel is closed. Closing ours before the
  // last write has drained would lose the tail.
  let open = 3
  const oneLess = (): void => {
    fromTarget.flush()
    open--
    // Where nothing can be recorded any more the session is ending, and its end says why: it comes when the core has heard.
    if (open === 0 && !cutting && !dead) void closeClient()
  }
  target.once('end', oneLess)
  target.stderr.once('end', oneLess)
  target.once('close', oneLess)

  async function closeClient(): Promise<void> {
    await released()
    await output.drained()
    if (finished || cutting) return
    const status = exit()
    if (broken) {
      const { text, exitCode } = broken
      tell(text)
      await output.drained()
      if (finished || cutting) return
      client.exit(exitCode)
    } else if (status) {
      if ('signal' in status && status.coreDumped) recorded(() => record.event({ coreDumped: true }))
      await recordedWhole((written) => record.exit(status, written))
      if (finished || cutting) return
      sendExit(client, status)
    }
    client.once('close', () => finish('target'))
    client.end()
    // What the client still sends goes nowhere; reading it lets the close come through.
    client.resume()
  }

  client.once('close', () => {
    // Before the target ended this is the user leaving; afterwards it is the answer to our own close.
    fromClient.flush()
    target.destroy()
    finish(open === 0 ? 'target' : 'client')
  })

  return {
    ended,
    flush,
    takesInput,
    endInput() {
      isDeaf = true
      target.end()
      steer()
    },
    resize(size) {
      newSize = size
      tellSize()
    },
    flow(next) {
      if (finished || cutting) return
      // What had arrived came before.
      flush()
      const [before, wasLocked] = [passing, lock !== null]
      passing = next
      if (hasTerminal && next.locked && !wasLocked) setLock()
      if (wasLocked && !next.locked) {
        lock = null
        recorded(() => record.notice('unlocked'))
        say(`${clearScreen}[sallyport] unlocked; Ctrl-L draws the screen anew in most programs\r\n`)
        output.release()
      }
      const text = next.why ?? (before.held ? (hasTerminal ? goesOnWithoutText : goesOnText) : saysInput(before))
      if (text !== null && text !== before.why) {
        recorded(() => record.notice(text))
        if (hasTerminal) say(`\r\n[sallyport] ${text}\r\n`)
      }
      if (isForTarget()) {
        unsent.release()
        accountForThrownAway()
        tellSize()
      } else unsent.stop(hasTerminal)
      if (next.held) {
        target.pause()
        target.stderr.pause()
      } else {
        for (const goOn of heldBack.splice(0)) goOn()
        readTarget()
      }
      endTarget()
      steer()
    },
    notice(text) {
      if (finished || !hasTerminal) return
      flush()
      if (!recorded(() => record.notice(text))) return
      const line = Buffer.from(`\r\n[sallyport] ${text}\r\n`)
      if (lock) output.say('out', line)
      else output.write('out', line)
    },
    async cut(text, exitCode, patienceMs) {
      if (finished) return
      flush()
      cutting = true
      tell(text)
      target.destroy()
      await closeTold(client, output, exitCode, patienceMs, ended)
      finish('target')
    },
    async targetGone(text, exitCode) {
      if (finished || cutting) return
      fromClient.flush()
      gone = true
      if (!hasEnded(target, exit)) broken = { text, exitCode }
      // What the client still sends goes nowhere; reading it lets its close come through.
      client.resume()
      await ended
    },
    clientGone() {
      if (finished) return
      flush()
      const unread = client.readableLength
      if (unread > 0 && open > 0 && !cutting)
        recorded(() =>
          record.notice(`the last ${unread} bytes the client sent before it left did not reach the target`),
        )
      target.destroy()
      finish(open === 0 ? 'target' : 'client')
      client.resume()
    },
  }
}

// An SFTP channel between client and target: every byte of both is recorded as it came, and so is each packet that is the
// gateway's own (FORMAT.md section 1.4); what may cross is the conversation's. Back-pressure runs from each side to the
// other, and the end is orderly: last packet, exit status, end of file, close.

import type { ClientChannel, ServerChannel } from 'ssh2'
import { plainText } from '../../../guards/scp/messages.ts'
import { packetTypes } from '../../../guards/sftp/codes.ts'
import type { Log } from '../../../log.ts'
import { openFlow, type BrokeredSession, type ChannelRecord } from '../../broker.ts'
import { ChannelOutput } from '../channel-output.ts'
import { fillPackets } from '../full-packets.ts'
import { Gathering } from '../gathering.ts'
import { giveBack } from '../own-memory.ts'
import type { ExitWatch, Relay, RelayEnd } from '../relay.ts'
import { sendExit } from '../signals.ts'
import { SftpConversation } from './conversation.ts'
import { InTurn } from './in-turn.ts'
import type { Carried } from './target.ts'
import { closeTold } from '../told-close.ts'

/** Exit status of an SFTP server that gives up, as OpenSSH's. */
const brokenExit = 255
/** How long what is said last may take to leave. */
const patienceMs = 10_000
/** How long the target may take to remove what the gateway had half written there. */
const tidyMs = 2_000

export interface SftpEnds {
  readonly client: ServerChannel
  readonly target: ClientChannel
  readonly exit: ExitWatch
  readonly record: ChannelRecord
  readonly session: BrokeredSession
  readonly log: Log
}

/** The bytes of a packet before its content. */
function headOf(frame: Buffer): Buffer {
  const isWrite = frame.readUInt8(4) === packetTypes.write
  return frame.subarray(0, isWrite ? 9 + 4 + frame.readUInt32BE(9) + 8 + 4 : 9 + 4)
}

function eventOf(to: 'to-target' | 'to-client', frame: Buffer, carried: Carried | null) {
  if (carried === null) return { sftp: to, packet: frame.toString('base64') }
  const head = headOf(frame)
  return { sftp: to, packet: head.toString('base64'), of: carried.of, bytes: frame.length - head.length }
}

export function startSftp({ client, target, exit, record, session, log }: SftpEnds): Relay {
  let finished = false
  let cutting = false
  /** It ends, when what the gateway was writing on the target is taken away again. */
  let tidying = false
  let dead = false
  let clientEnded = false
  let passing = openFlow
  let broken: string | null = null
  /** Who waits until the target takes more. */
  const waitsForTarget: (() => void)[] = []
  let targetFull = false
  /** Who waits until the client takes more. */
  const waitsForClient: (() => void)[] = []
  let resolveEnded: (end: RelayEnd) => void = () => undefined
  const ended = new Promise<RelayEnd>((resolve) => (resolveEnded = resolve))
  const [toTarget, toClient] = [new InTurn(), new InTurn()]
  fillPackets(client)
  fillPackets(target)

  const output = new ChannelOutput(client, () => {
    roomAtClient()
    readTarget()
    steer()
  })

  function recorded(write: () => void): void {
    if (dead) return
    try {
      write()
    } catch (err) {
      dead = true
      target.destroy()
      log.error({ err, sessionId: session.id }, 'Recording failed; the session ends')
    }
  }

  const conversation = new SftpConversation({
    session,
    toTarget(frame, own, carried) {
      const event = own ? eventOf('to-target', frame, carried) : null
      toTarget.add(event && ((written) => recorded(() => record.event(event, written))), () => {
        if (dead || finished || cutting) return
        if (!target.write(frame, (error) => error ?? giveBack(frame))) targetFull = true
      })
    },
    toClient({ frame, own, carried }) {
      const event = own ? eventOf('to-client', frame, carried) : null
      toClient.add(event && ((written) => recorded(() => record.event(event, written))), () => {
        if (dead || finished || cutting) return
        if (output.write('out', frame, () => giveBack(frame))) return
        target.pause()
        target.stderr.pause()
        steer()
      })
    },
    tell,
    event: (event) => recorded(() => record.event(event)),
    onRoom: () => steer(),
    targetHasRoom: () =>
      targetFull && !finished && !cutting ? new Promise((resolve) => waitsForTarget.push(resolve)) : null,
    clientHasRoom: () =>
      output.isFull && !finished && !cutting ? new Promise((resolve) => waitsForClient.push(resolve)) : null,
    onEnd(text, err) {
      if (err !== null) log.error({ err, sessionId: session.id }, 'SFTP channel failed inside the gateway')
      broken = text
      void end(text, brokenExit, patienceMs)
    },
  })

  /** The program that reads the other stream must not take our words for the target's. */
  function tell(text: string): void {
    if (finished) return
    recorded(() => record.notice(text))
    // Names in it may be the target's, and a terminal acts upon what it is shown.
    output.say('err', Buffer.from(`[sallyport] ${plainText(Buffer.from(text))}\r\n`))
  }

  function readTarget(): void {
    if ((output.isFull || passing.held) && !tidying) return
    target.resume()
    target.stderr.resume()
  }

  function steer(): void {
    if (finished) return
    // Who reads no answers asks nothing further.
    const reads = cutting || tidying || (!passing.held && conversation.hasRoom && !output.isFull)
    if (reads) client.resume()
    else client.pause()
  }

  function roomAtTarget(): void {
    targetFull = false
    for (const resolve of waitsForTarget.splice(0)) resolve()
  }

  function roomAtClient(): void {
    if (output.isFull && !finished && !cutting) return
    for (const resolve of waitsForClient.splice(0)) resolve()
  }

  const fromClient = new Gathering<'in'>((stream, pieces) => {
    if (cutting || tidying || dead || finished) return
    recorded(() =>
      record.data(stream, pieces, () => {
        for (const piece of pieces) conversation.takeFromClient(piece as Buffer)
        steer()
      }),
    )
  })
  const fromTarget = new Gathering<'out' | 'err'>((stream, pieces) => {
    // What it still says after the client has left belongs to no record.
    if (cutting || dead || finished) return
    recorded(() =>
      record.data(stream, pieces, () => {
        for (const piece of pieces) {
          if (stream === 'out') conversation.takeFromTarget(piece as Buffer)
          else if (!output.write('err', piece)) target.stderr.pause()
        }
      }),
    )
  })
  const flush = (): void => {
    fromClient.flush()
    fromTarget.flush()
  }

  client.on('data', (bytes: Buffer) => fromClient.add('in', bytes))
  client.on('end', () => {
    fromClient.flush()
    clientEnded = true
    // What was asked for before is done before.
    void conversation.settled().then(() => {
      if (finished || cutting) return
      target.end()
      // There is nothing more it could say: who waits for its end does not wait for ever.
      const late = setTimeout(
        () => void end('the target does not end its file service', brokenExit, patienceMs),
        patienceMs,
      )
      void ended.then(() => clearTimeout(late))
    })
  })
  target.on('data', (bytes: Buffer) => fromTarget.add('out', bytes))
  target.stderr.on('data', (bytes: Buffer) => fromTarget.add('err', bytes))
  target.on('drain', roomAtTarget)

  let open = 3
  const oneLess = (): void => {
    fromTarget.flush()
    open--
    if (open > 0 || cutting) return
    conversation.targetGone()
    // Where nothing can be recorded any more the session is ending, and its end says why: it comes when the core has heard.
    if (!tidying && !dead) void leave()
  }
  target.once('end', oneLess)
  target.stderr.once('end', oneLess)
  target.once('close', oneLess)

  /** The target has ended by itself. */
  async function leave(): Promise<void> {
    const status = exit()
    if (status === null && !clientEnded) tell(broken ?? 'the target closed the file service')
    await output.drained()
    if (finished || cutting) return
    if (status) recorded(() => record.exit(status, () => undefined))
    sendExit(client, status ?? { code: brokenExit })
    client.once('close', () => finish('target'))
    client.end()
    client.resume()
  }

  function finish(by: RelayEnd['by']): void {
    if (finished) return
    flush()
    finished = true
    roomAtTarget()
    roomAtClient()
    // What was open is told before the record closes: it belongs to it.
    conversation
      .abandon()
      .catch((err: unknown) =>
        log.error({ err, sessionId: session.id }, 'Files under way could not be kept as evidence'),
      )
      .finally(() => {
        output.abandon()
        recorded(() => record.close())
        resolveEnded({ by })
      })
  }

  client.once('close', () => {
    void tidied(tidyMs).then(() => {
      target.destroy()
      finish(open === 0 ? 'target' : 'client')
    })
  })

  async function tidied(withinMs: number): Promise<void> {
    if (finished || cutting || dead || !conversation.isDelivering) return
    tidying = true
    roomAtTarget()
    roomAtClient()
    readTarget()
    await conversation.tidy(Math.min(withinMs, tidyMs))
  }

  async function end(text: string, exitCode: number, withinMs: number): Promise<void> {
    if (finished || cutting || tidying) return
    flush()
    if (conversation.isDelivering) await tidied(withinMs)
    if (finished || cutting) return
    cutting = true
    roomAtTarget()
    roomAtClient()
    recorded(() => record.notice(text))
    output.write('err', Buffer.from(`[sallyport] ${text}\r\n`))
    target.destroy()
    conversation.targetGone()
    await closeTold(client, output, exitCode, withinMs, ended)
    finish('target')
  }

  return {
    ended,
    flush,
    takesInput: () => passing.input && !passing.held,
    // What may be done is asked of the session for each thing: a channel that only looks has all it needs.
    endInput: () => undefined,
    resize: () => undefined,
    flow(next) {
      if (finished || cutting) return
      flush()
      const before = passing
      passing = next
      const { why } = next
      if (why !== null && why !== before.why) recorded(() => record.notice(why))
      if (next.held) {
        target.pause()
        target.stderr.pause()
      } else readTarget()
      steer()
    },
    notice: () => undefined,
    cut: (text, exitCode, withinMs) => end(text, exitCode, withinMs),
    async targetGone(text) {
      if (finished || cutting) return
      broken ??= text
      await ended
    },
    clientGone() {
      if (!conversation.isDelivering && !tidying) {
        target.destroy()
        finish('client')
        return
      }
      return tidied(tidyMs).then(async () => {
        target.destroy()
        finish('client')
        await ended
      })
    },
  }
}

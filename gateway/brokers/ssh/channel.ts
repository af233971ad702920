// One channel of a connection: a pty shell, a plain shell or a command. Collects what the client asks for before the
// start (terminal, signals), accepts, waits for the leg to the target, opens the same thing there, and relays.

import type { Client, ClientChannel, PseudoTtyOptions, ServerChannel, Session } from 'ssh2'
import { maySetVariable } from '../../../policy/index.ts'
import type { LoginCertificate } from '../../identity/certificates/trust.ts'
import type { Log } from '../../log.ts'
import type { BrokeredSession, ChannelRecord } from '../broker.ts'
import type { TerminalLine } from '../terminal-line.ts'
import { boundCommand, subsystemBar, terminalBar } from './certificate-bounds.ts'
import { breakLength, sendBreak } from './breaks.ts'
import type { TakeRequest } from './channel-requests.ts'
import { AskedEnvironment } from './environment.ts'
import { closedTo } from './open-features.ts'
import { lineRefusal, openLineFor, relayLine, terminalsOnly, type LineLeg } from './line-channel.ts'
import { BarredOpening } from './opening-bar.ts'
import { startRelay, watchExit, type ExitWatch, type Relay } from './relay.ts'
import { fileCallOf, serveTransfer, type FileCall } from './scp/transfer.ts'
import { serveSftp } from './sftp/service.ts'
import { isSignalName, sendSignal } from './signals.ts'
import { withdrawable } from './withdrawable.ts'

/** The leg to the target, as a channel sees it. */
export type Leg =
  | { readonly kind: 'ready'; readonly client: Client; readonly session: BrokeredSession }
  /** To a target that speaks no SSH: each terminal has a line of its own. */
  | LineLeg
  /** `exitCode` is what the client's command ends with. */
  | { readonly kind: 'refused'; readonly text: string; readonly exitCode: number }

type ReadyLeg = Extract<Leg, { kind: 'ready' }>

export interface ChannelHost {
  /** The leg this channel may use; asks the door. `interactive` channels may be shown the menu on `channel`. */
  reach(channel: ServerChannel, interactive: boolean): Promise<Leg>
  /** Bytes typed on this channel while it waited for somebody of the plant to come along. */
  typedAhead(channel: ServerChannel): number
  /** Something was asked for that is not brokered, or not now. Gives what to tell the user. */
  refuse(feature: string, detail: string | null): string
  /** The certificate of the login, which may allow less than the grant. */
  bounds(): LoginCertificate | undefined
  /** Requests on this channel that ssh2 does not know, by name. */
  takes(ssh: Session, requests: Readonly<Record<string, TakeRequest>>): void
  relaying(relay: Relay, channel: ServerChannel): void
  relayed(relay: Relay, by: 'client' | 'target'): void
  readonly log: Log
}

/** Exit code of a channel the gateway refused or ended; 255 is what OpenSSH uses for its own errors. */
export const gatewayExit = 255

type Terminal = PseudoTtyOptions & { readonly term: string; readonly cols: number; readonly rows: number }
type Opened =
  | { readonly kind: 'ok'; readonly channel: ClientChannel; readonly exit: ExitWatch }
  | { readonly kind: 'failed'; readonly text: string }

/** Zero means the client doesn't know its size (RFC 4254 section 6.2); a screen needs one all the same. */
function sizeOf({ cols, rows }: Pick<Terminal, 'cols' | 'rows'>): { cols: number; rows: number } {
  return { cols: cols || 80, rows: rows || 24 }
}

/** ssh2 puts this in place of bytes that are no UTF-8: what would run is then not what was sent. */
const mangled = '\ufffd'
const mangledText =
  'the command holds bytes that are not UTF-8, and nothing was run: set your terminal to UTF-8, or send it as a script on standard input'

/** The first reason stays, also while it is still on its way. */
const turnedAway = new WeakSet<ServerChannel>()

/**
 * Says why on standard error and ends the channel. What the client still sends goes nowhere. A channel that has ended
 * already, because the client left or was told something else before, is let be: writing to it would throw.
 */
export function turnAway(channel: ServerChannel, text: string, exitCode = gatewayExit): void {
  if (turnedAway.has(channel) || channel.writableEnded || channel.stderr.writableEnded) return
  turnedAway.add(channel)
  channel.stderr.write(`[sallyport] ${text}\r\n`, () => {
    channel.exit(exitCode)
    channel.end()
    channel.resume()
  })
}

const sayFailed = (error: Error): string =>
  error instanceof BarredOpening ? error.message : 'the target refused to open the channel'

/** @param withdrawn gets what gives it up, in this call. */
function openOnTarget(
  client: Client,
  command: string | null,
  terminal: Terminal | null,
  env: Readonly<Record<string, string>>,
  withdrawn: (giveUp: () => void) => void,
): Promise<Opened> {
  return new Promise((resolve) => {
    // The exit status is listened for in this very call: a short command's may be in the same packet of bytes.
    const opened = (error: Error | undefined, channel: ClientChannel): void =>
      resolve(error ? { kind: 'failed', text: sayFailed(error) } : { kind: 'ok', channel, exit: watchExit(channel) })
    try {
      const takeBack = withdrawable(client, () => {
        if (command === null) client.shell(terminal ?? false, { env }, opened)
        else client.exec(command, terminal ? { pty: terminal, env } : { env }, opened)
      })
      withdrawn(() => {
        takeBack()
        resolve({ kind: 'failed', text: 'the client left before the target had begun' })
      })
    } catch {
      // ssh2 throws when the connection ended between our look and this call.
      resolve({ kind: 'failed', text: 'the target closed the connection' })
    }
  })
}

/** Keys typed while nobody of the plant was there are not meant to take effect all at once when they come. */
function dropTypedAhead(channel: ServerChannel, bytes: number, record: ChannelRecord): void {
  if (bytes === 0) return
  channel.read(bytes)
  record.notice(`${bytes} bytes typed before the session began did not reach the target`)
}

/** Records a signal and sends it, unless its record had to wait for room on the disk: then it says that it was not sent. */
export function sendInTime(record: Pick<ChannelRecord, 'signal' | 'notice'>, name: string, send: () => void): void {
  let isLate = false
  record.signal(name, () => {
    if (!isLate) send()
    else record.notice(`signal ${name} came while the recording waited for its disk and did not reach the target`)
  })
  isLate = true
}

export function serveChannel(ssh: Session, host: ChannelHost): void {
  let terminal: Terminal | null = null
  let target: ClientChannel | null = null
  let line: TerminalLine | null = null
  let record: ChannelRecord | null = null
  let relay: Relay | null = null
  // Owned by the close of the channel: whether it came, and what it meets.
  let hasLeft = false
  let accepted: ServerChannel | null = null
  let standing: Relay | null = null
  let giveUp: () => void = () => undefined
  const signals: string[] = []
  const variables = new AskedEnvironment()

  // The channel itself tells of its close only when somebody has read to its end (ssh2 1.17, lib/utils.js, onCHANNEL_CLOSE),
  // and nobody reads while it waits for its target, input is stopped or the target is full. Read now, it tells all others.
  ssh.once('close', () => {
    hasLeft = true
    giveUp()
    if (standing) leave(standing)
    else accepted?.resume()
  })

  ssh.on('pty', (acceptPty, rejectPty, info) => {
    if (terminalBar(host.bounds()) !== null) {
      rejectPty?.()
      host.refuse('pty-req', null)
      return
    }
    const { term } = info as unknown as { term: string }
    terminal = { ...info, term }
    acceptPty?.()
  })
  ssh.on('window-change', (acceptChange, _reject, info) => {
    acceptChange?.()
    if (terminal) terminal = { ...terminal, ...info }
    resize()
  })
  ssh.on('signal', (acceptSignal, _reject, info) => {
    acceptSignal?.()
    if (signals.length < 16 && isSignalName(info.name)) signals.push(info.name)
    sendSignals()
  })
  // Where it leads to is not always known yet, and so what may be set there: what could be set somewhere is taken here.
  ssh.on('env', (acceptVariable, reject, info) => {
    if (variables.take(info.key, info.val)) return acceptVariable?.()
    reject?.()
    host.refuse('env', info.key)
  })
  host.takes(ssh, {
    break: (data) => {
      if (passBreak(breakLength(data))) return true
      host.refuse('break', null)
      return false
    },
    // OpenSSH says that it reads no more, and PuTTY measures the way with a request that nobody knows: both ask for nothing.
    'eow@openssh.com': () => false,
    'winadj@putty.projects.tartarus.org': () => false,
    'simple@putty.projects.tartarus.org': () => false,
  })
  ssh.on('x11', (_accept, reject) => {
    reject?.()
    host.refuse('x11-req', null)
  })
  ssh.on('auth-agent', (_accept, reject) => {
    reject?.()
    host.refuse('auth-agent-req@openssh.com', null)
  })
  // The channel is accepted at once and in this very call: when the client's end of file comes first, ssh2 no longer
  // accepts, and the client hangs. What arrives before the target is reached waits in the channel.
  // Of a subsystem, it is accepted to say why there is none: a refusal of the request has no words (RFC 4254 section 5.4).
  ssh.on('subsystem', (acceptSubsystem, _reject, info) => {
    const channel: ServerChannel | undefined = acceptSubsystem()
    const bound = subsystemBar(host.bounds(), info.name)
    const isSftp = info.name === 'sftp' && bound === null
    const text = isSftp ? null : (bound ?? host.refuse(`subsystem:${info.name}`, null))
    if (bound !== null) host.refuse(`subsystem:${info.name}`, null)
    if (!channel) return
    take(channel)
    if (text !== null) return turnAway(channel, text)
    watched(channel, carrySftp(channel))
  })
  ssh.on('shell', (acceptShell) => begin(acceptShell(), null))
  // How long a command may be is packet-limit.ts's.
  ssh.on('exec', (acceptExec, _reject, info) => begin(acceptExec(), info.command))

  function resize(): void {
    if (!terminal) return
    const { cols, rows, width = 0, height = 0 } = terminal
    relay?.resize({ shown: sizeOf(terminal), told: { cols, rows, width, height } })
  }

  function sendSignals(): void {
    if (!target || !record) return
    relay?.flush()
    // A signal is input, and one that comes late is not what was meant.
    if (relay && !relay.takesInput()) signals.length = 0
    const to = target
    for (const name of signals.splice(0)) sendInTime(record, name, () => sendSignal(to, name))
  }

  /** What may be set on this target. What may not is left out, as OpenSSH does, and is evidence. */
  function settleEnvironment({ endpoint }: BrokeredSession): Readonly<Record<string, string>> {
    const { set, refused } = variables.settle((name) => endpoint.protocol === 'ssh' && maySetVariable(endpoint, name))
    for (const name of refused) host.refuse('env', name)
    return set
  }

  /** A break is for a line, so it needs a terminal; and it is input. */
  function passBreak(ms: number | null): boolean {
    const [to, written, bare] = [target, record, line]
    if (ms === null || !terminal || !written || !relay?.takesInput()) return false
    // Telnet has no length of a break (RFC 854).
    const send = bare !== null ? () => bare.sendBreak() : to !== null ? () => sendBreak(to, ms) : null
    if (send === null) return false
    relay.flush()
    let isLate = false
    written.event({ break: ms }, () => {
      if (!isLate) send()
      else written.notice('a break came while the recording waited for its disk and did not reach the target')
    })
    isLate = true
    return true
  }

  function take(channel: ServerChannel): void {
    accepted = channel
    for (const stream of [channel, channel.stderr])
      stream.on('error', (err: Error) => host.log.debug({ err }, 'SSH channel failed'))
  }

  /** From here on it is what moves on the channel. */
  function stand(next: Relay, channel: ServerChannel): void {
    standing = next
    host.relaying(next, channel)
    if (hasLeft) leave(next)
  }

  function leave(relay: Relay): void {
    Promise.resolve(relay.clientGone()).catch((err: unknown) =>
      host.log.error({ err }, 'What was under way on a channel was not taken back'),
    )
  }

  function begin(channel: ServerChannel | undefined, command: string | null): void {
    if (!channel) return
    take(channel)
    if (command?.includes(mangled)) {
      host.refuse('exec', command)
      return turnAway(channel, mangledText)
    }
    const bound = boundCommand(host.bounds(), command)
    if (bound.kind === 'refused') {
      host.refuse('exec', command)
      return turnAway(channel, bound.text)
    }
    watched(channel, run(channel, bound.command))
  }

  function watched(channel: ServerChannel, work: Promise<void>): void {
    work.catch((err: unknown) => {
      host.log.error({ err }, 'Channel failed inside the gateway')
      turnAway(channel, 'the gateway could not go on with this channel; its operators have the details')
    })
  }

  /** Nobody waits for it any more: what was asked for is not done. */
  function abandoned(channel: ServerChannel): void {
    // The menu may have stopped reading.
    channel.resume()
  }

  async function carrySftp(channel: ServerChannel): Promise<void> {
    const leg = await host.reach(channel, false)
    if (hasLeft) return abandoned(channel)
    if (leg.kind === 'refused') return turnAway(channel, leg.text, leg.exitCode)
    if (leg.kind === 'line') {
      host.refuse('subsystem:sftp', null)
      return turnAway(channel, terminalsOnly)
    }
    const { client, session } = leg
    await serveSftp({
      channel,
      target: client,
      session,
      record: () => session.record({ kind: 'sftp', command: null, terminal: null }),
      turnAway: (text) => turnAway(channel, text),
      refuse: () => host.refuse('subsystem:sftp', null),
      relaying(files) {
        stand(files, channel)
        void files.ended.then(({ by }) => host.relayed(files, by))
      },
      log: host.log,
    })
  }

  /** A file program: it gets no terminal, whatever was asked for. */
  function carryFiles(
    channel: ServerChannel,
    { client, session }: ReadyLeg,
    call: FileCall,
    command: string,
  ): Promise<void> {
    return serveTransfer(call, {
      channel,
      target: client,
      session,
      command,
      record: () => session.record({ kind: 'exec', command, terminal: null }),
      turnAway: (text) => turnAway(channel, text),
      refuse: () => host.refuse('exec', command),
      relaying(files) {
        stand(files, channel)
        void files.ended.then(({ by }) => host.relayed(files, by))
      },
      log: host.log,
    })
  }

  /** A terminal of a target that speaks no SSH. */
  async function carryLine(channel: ServerChannel, leg: LineLeg, command: string | null): Promise<void> {
    const asked = terminal
    const text = lineRefusal(command, asked !== null)
    if (text !== null || asked === null) {
      host.refuse(command === null ? 'shell' : 'exec', command)
      return turnAway(channel, text ?? terminalsOnly)
    }
    const { session } = leg
    const barred = session.barsOpening(null, true)
    if (barred !== null) {
      if (session.isMachine) host.refuse('shell', null)
      return turnAway(channel, barred)
    }
    const shown = { term: asked.term, ...sizeOf(asked) }
    record = session.record({ kind: 'pty', command: null, terminal: shown })
    if (record === null) return turnAway(channel, session.unrecorded())
    const opened = await openLineFor(channel, leg, shown, record, host.log)
    if (opened.kind === 'failed') {
      host.log.info({ sessionId: session.id, asset: session.asset, reason: opened.reason }, 'Target not reached')
      record.notice(opened.text)
      record.close()
      await leg.failed(opened.reason)
      return turnAway(channel, opened.text)
    }
    line = opened.line
    dropTypedAhead(channel, host.typedAhead(channel), record)
    relay = relayLine(channel, line, leg, record, host.log)
    stand(relay, channel)
    if (terminal !== asked) resize()
    const { by } = await relay.ended
    line = null
    host.relayed(relay, by)
  }

  async function run(channel: ServerChannel, command: string | null): Promise<void> {
    const leg = await host.reach(channel, command === null && terminal !== null)
    if (hasLeft) return abandoned(channel)
    if (leg.kind === 'refused') return turnAway(channel, leg.text, leg.exitCode)
    if (leg.kind === 'line') return carryLine(channel, leg, command)
    const call = command === null ? null : fileCallOf(command, leg.session)
    if (command !== null && call !== null) return carryFiles(channel, leg, call, command)
    const asked = terminal
    const looks = command === null && asked === null && !leg.session.isMachine && leg.session.onlyLooks()
    // A shell that is not typed to shows something on a terminal; elsewhere it would wait without a word.
    const barred = looks ? leg.session.flow().why : leg.session.barsOpening(command, asked !== null)
    if (barred !== null) {
      if (command !== null) host.refuse('exec', command)
      else if (leg.session.isMachine) host.refuse('shell', null)
      return turnAway(channel, barred)
    }
    const closed = closedTo(leg.session, command)
    if (closed !== null) {
      host.refuse(command === null ? 'shell' : 'exec', command)
      return turnAway(channel, closed)
    }
    const environment = settleEnvironment(leg.session)
    record = leg.session.record({
      kind: command !== null ? 'exec' : asked ? 'pty' : 'shell',
      command,
      terminal: asked && { term: asked.term, ...sizeOf(asked) },
      ...(Object.keys(environment).length === 0 ? {} : { environment }),
    })
    if (record === null) return turnAway(channel, leg.session.unrecorded())
    const opened = await openOnTarget(leg.client, command, asked, environment, (withdraw) => (giveUp = withdraw))
    giveUp = () => undefined
    if (opened.kind === 'failed') {
      record.notice(opened.text)
      record.close()
      return turnAway(channel, opened.text)
    }
    target = opened.channel
    target.on('error', (err: Error) => host.log.debug({ err }, 'Target channel failed'))
    const { session } = leg
    if (asked !== null) dropTypedAhead(channel, host.typedAhead(channel), record)
    relay = startRelay(
      channel,
      target,
      opened.exit,
      record,
      asked !== null,
      (code) => session.unlock(code),
      (err) => host.log.error({ err, sessionId: session.id }, 'Recording failed; the session ends'),
    )
    // What reads its input to the end would wait for ever. A shell stays: there is something to see.
    if (session.onlyLooks() && command !== null) relay.endInput()
    stand(relay, channel)
    if (terminal !== asked) resize()
    sendSignals()
    const { by } = await relay.ended
    target = null
    host.relayed(relay, by)
  }
}

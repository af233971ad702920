// Dials a target that speaks telnet, and logs in with the vault's password. Everything it says on the way is recorded and
// then shown; what the gateway sends is recorded as that it was sent. The password is sent once, to a prompt that was
// declared, and what echoes it is masked. There is no host key: whoever answers at that address gets it, and that is what
// the exception bears.

import { TelnetGuard } from '../../guards/telnet/guard.ts'
import { LoginTalk } from '../../guards/telnet/login.ts'
import { SecretMask } from '../../guards/telnet/secret-mask.ts'
import { dialTcp } from '../tcp-dial.ts'
import type { LineCall, LineOpened } from '../terminal-line.ts'
import { TelnetLine } from './line.ts'

/** What a target may say before it lets anybody in. */
const mostBefore = 64 * 1024
/** Entries about options in one record; a target may go on changing them. */
const mostOptionEvents = 64
/** How long the possible beginning of an echoed password waits for its rest. */
const quietMs = 200

type Said = { readonly kind: 'bytes'; readonly bytes: Uint8Array } | { readonly kind: 'quiet' | 'ended' | 'aborted' }

/** The next thing it says, or that it says nothing. Nothing is read between two calls. */
function hearNext(line: TelnetLine, withinMs: number, signal: AbortSignal): Promise<Said> {
  return new Promise((resolve) => {
    const settle = (said: Said): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      line.off('data', heard).off('end', ended).off('close', ended)
      line.pause()
      resolve(said)
    }
    const heard = (bytes: Uint8Array): void => settle({ kind: 'bytes', bytes })
    const ended = (): void => settle({ kind: 'ended' })
    const aborted = (): void => settle({ kind: 'aborted' })
    const timer = setTimeout(() => settle({ kind: 'quiet' }), withinMs)
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted, { once: true })
    line.on('data', heard).once('end', ended).once('close', ended)
    if (line.readableEnded || line.destroyed) ended()
    else line.resume()
  })
}

export async function openTelnet(call: LineCall): Promise<LineOpened> {
  try {
    return await dialAndLogIn(call)
  } catch (err) {
    const { session, log } = call
    log.error({ err, sessionId: session.id, asset: session.asset }, 'Telnet target not reached')
    return { kind: 'failed', reason: 'target-refused-login', text: unusable }
  }
}

const unusable = 'the gateway holds no usable password for this target: tell the plant'
const failed = (reason: Extract<LineOpened, { kind: 'failed' }>['reason'], text: string): LineOpened => ({
  kind: 'failed',
  reason,
  text,
})

async function dialAndLogIn(call: LineCall): Promise<LineOpened> {
  const { session, record, number, signal, terminal } = call
  const { endpoint } = session
  if (!(await session.hasCredential())) return failed('target-refused-login', unusable)
  const barred = session.barsOpening(null, true)
  if (barred !== null) return failed('client', barred)
  const dialled = await dialTcp(endpoint.host, endpoint.port, call.dialTimeoutMs, signal)
  if (dialled.kind === 'failed') return failed(signal.aborted ? 'client' : 'target-unreachable', dialled.text)
  const { socket } = dialled
  session.connected(dialled.leg, number)
  socket.once('close', () => session.connected(null, number))
  let told = 0
  const line = new TelnetLine(socket, new TelnetGuard(terminal.term, terminal), ({ side, option, on }) => {
    if (told++ >= mostOptionEvents) return
    try {
      record.event({ telnet: { option, by: side === 'ours' ? 'gateway' : 'target', on } })
    } catch (error) {
      // The session is ending already, which closes this too.
      line.destroy(error instanceof Error ? error : new Error('the recording failed', { cause: error }))
    }
  })
  line.on('error', (err) => call.log.debug({ err, sessionId: session.id }, 'Telnet line failed'))
  const answer = await logIn(line, call).catch((error: unknown) => {
    line.destroy()
    throw error
  })
  if (answer === null) return { kind: 'connected', line }
  line.destroy()
  return answer
}

/** Null when it is logged in. */
async function logIn(line: TelnetLine, call: LineCall): Promise<LineOpened | null> {
  const { session, record, signal } = call
  const { login, account } = session.endpoint
  await session.reachedInClear(call.client)
  const talk = new LoginTalk(login)
  let mask: SecretMask | null = null
  let leftMs = login.seconds * 1000
  let heard = 0

  /** Resolves when it may go on: false where the session ended while its recording waited for room. */
  function recorded(write: (written: () => void) => void): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => resolve(false)
      if (signal.aborted) return aborted()
      signal.addEventListener('abort', aborted, { once: true })
      try {
        write(() => {
          signal.removeEventListener('abort', aborted)
          resolve(true)
        })
      } catch (error) {
        reject(error instanceof Error ? error : new Error('the recording failed', { cause: error }))
      }
    })
  }

  async function send(what: 'account' | 'password'): Promise<LineOpened | null> {
    const password = what === 'password' ? await session.password() : null
    // It may have been stopped or ended meanwhile.
    const barred = session.barsOpening(null, true)
    if (barred !== null) return failed('client', barred)
    if (!(await recorded((written) => record.event({ login: `${what} sent by the gateway` }, written)))) return closed
    if (password !== null) mask = new SecretMask(password.expose())
    line.write(Buffer.from(`${password === null ? account : password.expose()}\r`, 'utf8'))
    return null
  }

  for (;;) {
    const wait = holdsOf(mask) ? Math.min(quietMs, leftMs) : leftMs
    const began = performance.now()
    const said = await hearNext(line, wait, signal)
    if (!session.flow().held) leftMs -= performance.now() - began
    if (said.kind === 'aborted') return closed
    const bytes = said.kind === 'bytes' ? said.bytes : null
    const masked = shownOf(mask, bytes)
    heard += masked.length
    if (masked.length > 0) {
      if (!(await recorded((written) => record.data('out', [masked], written)))) return closed
      call.show(masked)
    }
    if (line.fault !== null) return failed('target-protocol', line.fault)
    const step = talk.hear(masked)
    if (step.kind === 'done') {
      line.loggedIn()
      return null
    }
    if (step.kind === 'refused') return failed('target-refused-login', refusedText)
    if (step.kind === 'send') {
      const stopped = await send(step.what)
      if (stopped !== null) return stopped
    }
    if (said.kind === 'ended') return failed('target-unreachable', 'the target closed the connection before login')
    if (heard > mostBefore)
      return failed('target-protocol', 'the target talks on and asks for no login: tell the plant')
    if (leftMs <= 0) return failed('target-protocol', lateText(talk.waitsFor, login.seconds))
  }
}

const holdsOf = (mask: SecretMask | null): boolean => mask?.holds === true

/** What may be recorded and shown of it; where nothing came, what was held back because more might. */
function shownOf(mask: SecretMask | null, bytes: Uint8Array | null): Uint8Array {
  if (mask === null) return bytes ?? new Uint8Array()
  return bytes === null ? mask.release() : mask.take(bytes)
}

const closed: LineOpened = failed('client', 'the connection was closed')
const refusedText = 'the target refused the credential the gateway holds for it: ask the plant to renew it'
const lateText = (waitsFor: 'account' | 'password' | 'success', seconds: number): string =>
  waitsFor === 'success'
    ? `the target did not say within ${seconds} s that the login is complete: tell the plant, whose bundle says what to expect`
    : `the target did not ask for the ${waitsFor} within ${seconds} s as the bundle says it does: tell the plant`

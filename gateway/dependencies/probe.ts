// One look at a service of IT or the boundary: a TCP connection that is opened and closed, or an HTTP GET. Only the
// bundle's addresses are ever looked at, redirects are not followed, and nothing that was answered is kept. A name is
// resolved first and the look goes to that very address, so that whoever can change a name cannot send the gateway to a
// target, to this machine's neighbours on the wire or to a group.

import { lookup, Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { BlockList, connect, isIP } from 'node:net'
import { watchedHost, type DependencyWatch } from '../../policy/index.ts'
import { exchange } from '../outbound.ts'
import { problemText } from '../outbox/channel.ts'
import { systemCode } from '../start-problem.ts'

export type Look = { readonly kind: 'good' } | { readonly kind: 'failed'; readonly problem: string }
export type LookedAt = Exclude<DependencyWatch, { kind: 'use' }>
/** Looks once. Never throws for what the far side does; ends within the watch's time, or when `signal` fires. */
export type Probe = (watch: LookedAt, signal: AbortSignal) => Promise<Look>

/** Nothing behind these is a service: link-local (RFC 3927, RFC 4291 2.5.6), groups, and no address at all. */
const never = new BlockList()
never.addSubnet('0.0.0.0', 8)
never.addSubnet('169.254.0.0', 16)
never.addSubnet('224.0.0.0', 4)
never.addSubnet('240.0.0.0', 4)
never.addAddress('::', 'ipv6')
never.addSubnet('fe80::', 10, 'ipv6')
never.addSubnet('ff00::', 8, 'ipv6')

const failed = (problem: string): Look => ({ kind: 'failed', problem })

/**
 * @param targetAt the asset of process control at a host or address, or null: nothing is sent there.
 * @param ca certificates trusted for https, PEM; null takes those of the runtime.
 */
export function openProbe(deps: {
  readonly targetAt: (host: string) => string | null
  readonly ca: readonly string[] | null
}): Probe {
  const { targetAt, ca } = deps
  /** The system's resolver holds a thread while it waits: one name at a time. */
  let resolving: Promise<unknown> = Promise.resolve()

  function systemAddresses(host: string, signal: AbortSignal): Promise<readonly string[]> {
    const mine = resolving.then(() => {
      // Nobody waits for it any more: a slow resolver has no queue to work off.
      signal.throwIfAborted()
      return lookup(host, { all: true, verbatim: true })
    })
    resolving = mine.catch(() => undefined)
    return mine.then((found) => found.map(({ address }) => address))
  }

  async function addressesOf(host: string, timeoutMs: number, signal: AbortSignal): Promise<readonly string[]> {
    if (isIP(host) !== 0) return [host]
    if (host === 'localhost') return systemAddresses(host, signal)
    const resolver = new Resolver({ timeout: timeoutMs, tries: 1 })
    const asked = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    const found = asked.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
    // A name that only this machine knows: its hosts file, its search domains.
    return found.length > 0 ? found : systemAddresses(host, signal)
  }

  /** The address to go to, or why it is gone to none. */
  async function choose(
    host: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly address: string } | Look> {
    const named = targetAt(host)
    if (named !== null) return failed(`it is the address of asset ${named}: nothing is sent there`)
    let addresses: readonly string[]
    try {
      addresses = await addressesOf(host, timeoutMs, signal)
    } catch (error) {
      if (signal.aborted) return failed('its name was not resolved in time')
      const code = systemCode(error)
      if (code === '') throw error
      return failed(`its name cannot be resolved (${code})`)
    }
    for (const address of addresses) {
      const target = targetAt(address)
      if (target !== null) return failed(`its name leads to asset ${target}: nothing is sent there`)
      if (never.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))
        return failed('its name leads to no service: an address of the link or of a group')
    }
    const [address] = addresses
    return address === undefined ? failed('its name has no address') : { address }
  }

  async function looked(watch: LookedAt, host: string, signal: AbortSignal): Promise<Look> {
    const timeoutMs = watch.timeoutSeconds * 1_000
    const chosen = await choose(host, timeoutMs, signal)
    if ('kind' in chosen) return chosen
    const { address } = chosen
    if (watch.kind === 'connect') return opens(address, watch.port, signal)
    const answer = await exchange({
      method: 'GET',
      url: new URL(watch.url),
      headers: { accept: '*/*', 'user-agent': 'Sallyport' },
      body: null,
      timeoutMs,
      maxBytes,
      ca,
      signal,
      address,
    })
    if (answer.kind === 'unreachable') return failed(problemText(answer.reason))
    return answer.status >= 200 && answer.status < 300
      ? { kind: 'good' }
      : failed(`answers with status ${answer.status}`)
  }

  return async (watch, signal) => {
    const host = watchedHost(watch)
    if (host === null) throw new Error('expected a watch with an address')
    const seconds = watch.timeoutSeconds
    const deadline = AbortSignal.timeout(seconds * 1_000)
    const ends = AbortSignal.any([deadline, signal])
    const { promise: late, resolve } = Promise.withResolvers<Look>()
    const onEnd = (): void => resolve(failed(`no answer within ${seconds} s`))
    ends.addEventListener('abort', onEnd)
    try {
      return await Promise.race([looked(watch, host, ends), late])
    } finally {
      ends.removeEventListener('abort', onEnd)
    }
  }
}

/** A health page is short; the rest is thrown away. */
const maxBytes = 4_096

/** A connection that is opened and closed again; nothing is sent. */
async function opens(address: string, port: number, signal: AbortSignal): Promise<Look> {
  const socket = connect({ host: address, port })
  try {
    await once(socket, 'connect', { signal })
    return { kind: 'good' }
  } catch (error) {
    if (signal.aborted) return failed('no answer in time')
    const code = systemCode(error)
    if (code === '') throw error
    return failed(`cannot be connected to (${code})`)
  } finally {
    // What comes after is nobody's concern any more.
    socket.on('error', () => undefined)
    socket.destroy()
  }
}

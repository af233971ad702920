// The largest SSH packet taken. RFC 4253 section 6.1 asks for 35,000 bytes at least, and ssh2 (1.17) takes no more;
// OpenSSH takes 262,144, and its users send commands of that size. The limit is a constant of ssh2's module, so it is
// changed while the module is loaded: this file has to be imported before ssh2 is, by every file that brings it in.
//
// What it may cost: a peer that announces a packet makes ssh2 keep room for it, one at a time in each connection; strangers are
// few (limits.ts), and what is data is held to the window all the same (receive-window.ts).

import { createRequire, registerHooks } from 'node:module'
import { withPooledPadding } from './padding.ts'

/** PACKET_MAX_SIZE of OpenSSH: 256 KiB. */
export const largestPacket = 256 * 1024

const constant = 'const MAX_PACKET_SIZE = 35000;'

/**
 * The module's source with the larger limit.
 * @throws when the source has no such constant, once: this is not the ssh2 this was written for.
 */
export function withLargestPacket(source: string): string {
  if (source.split(constant).length !== 2) throw new Error('ssh2 keeps its packet limit elsewhere than in 1.17')
  return source.replace(constant, `const MAX_PACKET_SIZE = ${largestPacket};`)
}

function sourceOf(source: string | ArrayBuffer | NodeJS.TypedArray | undefined | null): string {
  if (typeof source === 'string') return source
  if (!source) throw new Error('ssh2: the source of its ciphers cannot be read')
  const bytes = ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source)
  return bytes.toString('utf8')
}

const require = createRequire(import.meta.url)
const ciphers = 'ssh2/lib/protocol/crypto.js'

const hooks = registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(`/node_modules/${ciphers}`)) return loaded
    return { ...loaded, source: withPooledPadding(withLargestPacket(sourceOf(loaded.source))) }
  },
})
try {
  require(ciphers)
} finally {
  hooks.deregister()
}

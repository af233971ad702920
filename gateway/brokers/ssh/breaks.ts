// The break of RFC 4335: what a serial console takes as attention, and some devices as the way into their boot loader.
//
//     uint32    break-length in ms; 0: the target's own; the target makes 500 to 3000 of any other (section 3)

import type { ClientChannel } from 'ssh2'
import { sendChannelRequest } from './channel-requests.ts'

/** The length asked for, in ms; null where the request has not the form of one. */
export function breakLength(data: Uint8Array): number | null {
  return data.length === 4 ? Buffer.from(data).readUInt32BE() : null
}

export function sendBreak(target: ClientChannel, ms: number): void {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(ms)
  sendChannelRequest(target, 'break', length)
}

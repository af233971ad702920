// What files are, by name, size and digest, read in the browser: they are sent nowhere.

import type { ReceiveBody } from '../../../gateway/contract/incident-bodies.ts'

/** The browser digests a file only as a whole: what is larger than this is read by `sallyport incident receive-evidence`. */
export const mostBytes = 512 * 1024 * 1024

const hexOf = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** SHA-256 of each, one after the other, so that no more than one is in memory. */
export async function digestsOf(files: readonly File[]): Promise<ReceiveBody['files']> {
  const digests: ReceiveBody['files'] = []
  for (const file of files) {
    const sha256 = hexOf(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
    digests.push({ name: file.name, bytes: file.size, sha256 })
  }
  return digests
}

// UTF-8 in pieces whose reader can be put away and taken up again: TextDecoder keeps its state to itself.

/** Bytes at the end that begin a character and do not end it: 0 to 3. What is no UTF-8 at all is not waited for. */
export function unfinishedBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0
  }
  return 0
}

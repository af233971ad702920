// What a target says before it says that it speaks SSH (RFC 4253 section 4.2), looked at before ssh2 sees it: ssh2 (1.17)
// would take in eight megabytes of it, joining them anew with each piece. What speaks something else is named, so that
// the plant knows what it has declared. Pure: bytes in, a clause out.

/** Octets before the version, and of its line: a banner is a few lines, and the line at most 255 (section 4.2). */
const mostBefore = 8 * 1024
const longestLine = 255

export type FirstWords =
  /** Nothing is amiss so far. */
  | { readonly kind: 'more' }
  | { readonly kind: 'ssh' }
  /** `text`: what it is instead, as a clause. */
  | { readonly kind: 'other'; readonly text: string }

const startsLike = (bytes: Buffer, text: string): boolean => bytes.subarray(0, text.length).toString('latin1') === text

/** What the very first bytes give away; null where they could be a banner. */
function strangerAt(bytes: Buffer): string | null {
  if (bytes[0] === 0xff) return 'it speaks telnet'
  // By both bytes: one alone could be anything, and what is said must not depend on how it was cut.
  if ((bytes[0] === 0x16 || bytes[0] === 0x15) && bytes[1] === 3) return 'it speaks TLS'
  if (bytes[0] === 3 && bytes[1] === 0) return 'it speaks TPKT, as S7 and RDP do'
  if (startsLike(bytes, 'HTTP/')) return 'it speaks HTTP'
  if (startsLike(bytes, 'RFB ')) return 'it speaks VNC'
  return null
}

/** Looks at what comes, piece by piece, until it is known. */
export function openFirstWords(): (piece: Buffer) => FirstWords {
  let seen = Buffer.alloc(0)
  let known: FirstWords = { kind: 'more' }
  const judge = (): FirstWords => {
    const stranger = strangerAt(seen)
    if (stranger !== null) return { kind: 'other', text: stranger }
    let from = 0
    for (;;) {
      const end = seen.indexOf(0x0a, from)
      const line = seen.subarray(from, end < 0 ? undefined : end)
      const isVersion = startsLike(line, 'SSH-')
      if (line.includes(0)) return { kind: 'other', text: 'it says what is no text' }
      if (isVersion && line.length > longestLine)
        return { kind: 'other', text: 'its version is longer than SSH allows' }
      if (end < 0) break
      if (isVersion) {
        // 1.99 speaks both (section 5.1).
        if (startsLike(line, 'SSH-2.0-') || startsLike(line, 'SSH-1.99-')) return { kind: 'ssh' }
        return { kind: 'other', text: 'it speaks another version of SSH than 2' }
      }
      from = end + 1
    }
    return seen.length > mostBefore
      ? { kind: 'other', text: `it said more than ${mostBefore} bytes without saying that it speaks SSH` }
      : { kind: 'more' }
  }
  return (piece) => {
    if (known.kind !== 'more') return known
    // One byte beyond is enough to know.
    seen = Buffer.concat([seen, piece.subarray(0, mostBefore + longestLine + 2 - seen.length)])
    known = judge()
    return known
  }
}

// The lines and answers of scp's own protocol ("rcp" of 4.2BSD as OpenSSH's scp.c speaks it), read strictly. Bytes in,
// values out; who answers whom is the broker's.
//
//     C<mode> SP <size> SP <name> LF           a file; its bytes follow, then an answer of who sends it
//     D<mode> SP 0 SP <name> LF                a folder begins
//     E LF                                     it ends
//     T<mtime> SP 0 SP <atime> SP 0 LF         times of the next C or D
//     0x00                                     yes
//     0x01 <text> LF                           no, and go on; 0x02 <text> LF: no, and that was all

export type ScpMessage =
  | { readonly kind: 'file'; readonly mode: number; readonly size: number; readonly name: string }
  | { readonly kind: 'folder'; readonly mode: number; readonly name: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'times'; readonly modified: number; readonly accessed: number }
  | { readonly kind: 'error'; readonly fatal: boolean; readonly text: string }
  /** One clause. */
  | { readonly kind: 'malformed'; readonly text: string }

export type Answer = { readonly kind: 'yes' } | { readonly kind: 'no'; readonly fatal: boolean; readonly text: string }

/** PATH_MAX of Linux for the name, and the numbers before it. */
export const longestLine = 4_096 + 64
const longestText = 1_024
const largestSize = Number.MAX_SAFE_INTEGER

const malformed = (text: string): ScpMessage => ({ kind: 'malformed', text })

/** A line without its LF. */
export function parseMessage(line: Uint8Array): ScpMessage {
  const first = line[0]
  if (first === 1 || first === 2) return { kind: 'error', fatal: first === 2, text: plainText(line.subarray(1)) }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line)
  } catch {
    // Not swallowed: what cannot be read is what is said.
    return malformed('a name that is not UTF-8 cannot be judged')
  }
  if (text === 'E') return { kind: 'end' }
  const times = /^T(\d{1,12}) \d{1,6} (\d{1,12}) \d{1,6}$/.exec(text)
  if (times) return { kind: 'times', modified: Number(times[1]), accessed: Number(times[2]) }
  const entry = /^([CD])([0-7]{3,5}) (\d{1,16}) (.*)$/s.exec(text)
  if (!entry) return malformed('expected a line of the scp protocol')
  const [, letter, octal = '', digits = '', name = ''] = entry
  const fault = faultOfName(name)
  if (fault !== null) return malformed(fault)
  const [mode, size] = [Number.parseInt(octal, 8), Number(digits)]
  if (mode > 0o7777) return malformed(`expected a mode of at most 7777, got \`${octal}\``)
  if (letter === 'D') return { kind: 'folder', mode, name }
  return size > largestSize
    ? malformed('a file larger than this gateway can count')
    : { kind: 'file', mode, size, name }
}

/**
 * Why this is no name of a file in the folder it is said to be in; null where it is one. A name that leads elsewhere is
 * how a false server writes where nobody asked it to (CVE-2019-6111, CVE-2018-20685).
 */
export function faultOfName(name: string): string | null {
  if (name === '' || name === '.' || name === '..') return `expected a name, got \`${name}\``
  if (name.includes('/')) return `expected a name without \`/\`, got \`${name}\``
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) return 'expected a name without control characters'
  return null
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0')

export function formatMessage(message: Exclude<ScpMessage, { kind: 'malformed' }>): Buffer {
  switch (message.kind) {
    case 'file':
      return Buffer.from(`C${octal(message.mode)} ${message.size} ${message.name}\n`)
    case 'folder':
      return Buffer.from(`D${octal(message.mode)} 0 ${message.name}\n`)
    case 'end':
      return Buffer.from('E\n')
    case 'times':
      return Buffer.from(`T${message.modified} 0 ${message.accessed} 0\n`)
    case 'error':
      return formatNo(message.text, message.fatal)
  }
}

export const yes = Buffer.of(0)

/** As scp shows it: on a line by itself, behind its own name. */
export function formatNo(text: string, fatal = false): Buffer {
  const shown = plainText(Buffer.from(text))
  return Buffer.concat([
    Buffer.of(fatal ? 2 : 1),
    Buffer.from(shown.startsWith('scp: ') ? shown : `scp: ${shown}`),
    Buffer.from('\n'),
  ])
}

/** What a peer says, without what a terminal would act upon, and no longer than a person reads. */
export function plainText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, longestText)).toString('utf8')
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?').replace(/\uFFFD+$/, '')
}

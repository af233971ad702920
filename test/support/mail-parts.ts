// A received message taken apart as far as the tests look: header lines (unfolded, encoded words decoded) and the plain
// text of a single part. Written apart from what sends, so that both would have to be wrong in the same way.

export interface MailParts {
  /** Names in lower case; one entry a line, so that a header that came in twice is seen twice. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly subject: string
  readonly text: string
}

function decodeQuoted(text: string): Buffer {
  const soft = text.replace(/=\r?\n/g, '')
  return Buffer.from(
    soft.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
}

/** Encoded words of RFC 2047; blanks between two of them are no part of the text. */
function decodeWords(value: string): string {
  const joined = value.replace(/(\?=)\s+(=\?)/g, '$1$2')
  const bytes = (encoding: string, text: string): Buffer =>
    encoding.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : decodeQuoted(text.replaceAll('_', ' '))
  return joined.replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, encoding: string, text: string) =>
    bytes(encoding, text).toString('latin1'),
  )
}

export function takeApart(raw: string): MailParts {
  const end = raw.indexOf('\r\n\r\n')
  const head = raw.slice(0, end).replace(/\r\n[ \t]/g, ' ')
  const headers = head.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  const header = (name: string): string => headers.find(([each]) => each === name)?.[1] ?? ''
  const body = raw.slice(end + 4)
  const encoding = header('content-transfer-encoding').toLowerCase()
  const bytes =
    encoding === 'base64'
      ? Buffer.from(body, 'base64')
      : encoding === 'quoted-printable'
        ? decodeQuoted(body)
        : Buffer.from(body, 'latin1')
  return {
    headers,
    subject: Buffer.from(decodeWords(header('subject')), 'latin1').toString('utf8'),
    text: bytes.toString('utf8').replaceAll('\r\n', '\n'),
  }
}

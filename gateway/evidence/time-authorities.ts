// The time-stamping authorities that the configuration names, with the certificates their tokens must lead to.

import { readFile } from 'node:fs/promises'
import type { Config } from '../config.ts'
import { systemCode, type StartProblem } from '../start-problem.ts'
import type { TimeAuthority } from './timestamps.ts'

const hourMs = 3_600_000
const field = 'evidence.timestamps'

/** Reads them; every problem is added to `problems`, and what has one is left out. */
export async function readTimeAuthoritiesOf(
  { evidence }: Config,
  problems: StartProblem[],
): Promise<readonly TimeAuthority[]> {
  const read: TimeAuthority[] = []
  if (evidence.timestamps.length === 0) return read
  // The ASN.1 library behind it takes its time to load.
  const { readTimeAuthorities } = await import('../../recorder/timestamp/token.ts')
  for (const { name, url, ca, everyHours } of evidence.timestamps) {
    const report = (found: string, next: string): void => void problems.push({ field, found, next })
    const fault = urlFault(url)
    if (fault !== null) report(`\`${name}\`: ${fault}`, 'put the address there that the authority names for RFC 3161')
    if (read.some((other) => other.name === name)) report(`\`${name}\`: stands twice`, 'give each a name of its own')
    const pem = await readPem(ca)
    if (pem.kind === 'unreadable') {
      report(`\`${ca}\`: ${pem.reason}`, 'put the authority\u2019s CA certificate there')
      continue
    }
    const trusted = readTimeAuthorities(pem.text)
    if (trusted === null)
      report(`\`${ca}\`: expected certificates in PEM`, 'put the authority\u2019s CA certificate there')
    else if (fault === null) read.push({ name, url: new URL(url), trusted, everyMs: everyHours * hourMs })
  }
  return read
}

/** Tokens are signed and hold nothing secret, and many authorities speak plain http: it is let pass. */
function urlFault(text: string): string | null {
  if (!URL.canParse(text)) return `\`${text}\`: expected an address such as \`http://tsa.example/tsr\``
  const { protocol, username, password } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') return 'expected an address with http or https'
  return username === '' && password === '' ? null : 'expected no user and password in the address'
}

async function readPem(
  path: string,
): Promise<
  { readonly kind: 'read'; readonly text: string } | { readonly kind: 'unreadable'; readonly reason: string }
> {
  try {
    return { kind: 'read', text: await readFile(path, 'utf8') }
  } catch (error) {
    const code = systemCode(error)
    if (code === '') throw error
    return { kind: 'unreadable', reason: code === 'ENOENT' ? 'is not there' : `cannot be read (${code})` }
  }
}

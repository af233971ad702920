// Timestamps of a real authority (`openssl ts`), and of ones that are not what they should be: each is judged twice, by us and by
// openssl, and both say the same.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as fc from 'fast-check'

import {
  readTimeAuthorities,
  timestampRequest,
  verifyTimestamp,
  type TimeAuthorities,
} from '../../../recorder/timestamp/token.ts'
import { hasPart } from '../../support/parts.ts'
import { makeTimeAuthority, opensslVerifies, type TimeAuthority } from '../../support/time-authority.ts'
import { resigned } from './resigned.ts'

const document = Buffer.from('plant1.example/ledger\n8\nAAAA\n')
/** Certificates that may not sign timestamps, with OpenSSL's words for what they may. */
const unfit = [
  ['no time-stamping purpose', 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n'],
  ['the purpose not critical', 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=timeStamping\n'],
  ['another purpose too', 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=critical,timeStamping,serverAuth\n'],
] as const
let folder: string
let authority: TimeAuthority
let foreign: TimeAuthority
let trusted: TimeAuthorities
let response: Buffer
let nonce: Buffer

const authoritiesOf = (file: string): TimeAuthorities => {
  const read = readTimeAuthorities(readFileSync(file, 'utf8'))
  if (read === null) throw new Error(`${file}: no certificates`)
  return read
}

describe.skipIf(!hasPart('openssl'))('a timestamp', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-time-'))
    authority = makeTimeAuthority(join(folder, 'own'))
    foreign = makeTimeAuthority(join(folder, 'foreign'))
    trusted = authoritiesOf(authority.ca)
    // Before the response: who signs it again has to have been there at the time it attests.
    for (const [what, extensions] of unfit) authority.addSigner(what.replaceAll(' ', '-'), extensions)
    const asked = timestampRequest(document)
    nonce = asked.nonce
    response = await authority.reply(asked.request)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Ours and openssl's answer, which must be the same. */
  async function judged(bytes: Buffer, of = document, ca = authority.ca): Promise<string> {
    const [answer, data] = [join(folder, 'answer.tsr'), join(folder, 'document')]
    writeFileSync(answer, bytes)
    writeFileSync(data, of)
    const verdict = await verifyTimestamp(bytes, of, authoritiesOf(ca), null)
    expect(opensslVerifies(answer, data, ca)).toBe(verdict.kind === 'attested')
    return verdict.kind === 'attested' ? 'attested' : verdict.reason
  }

  it('of an authority that is trusted attests its time and names who says it', async () => {
    const verdict = await verifyTimestamp(response, document, trusted, nonce)
    expect(verdict).toMatchObject({ kind: 'attested', by: 'CN=Test time signer' })
    expect(await judged(response)).toBe('attested')
  })

  it('is refused for other bytes, by other authorities, and for another nonce', async () => {
    expect(await judged(response, Buffer.from('plant1.example/ledger\n9\nAAAA\n'))).toBe(
      'message imprint: is of other bytes',
    )
    expect(await judged(response, document, foreign.ca)).toMatch(
      /^signature: Validation of signer's certificate failed/,
    )
    const another = await verifyTimestamp(response, document, trusted, timestampRequest(document).nonce)
    expect(another).toEqual({ kind: 'refused', reason: 'nonce: is not the one that was asked with' })
  })

  it.each(unfit.map(([what]) => what))('is refused by a certificate with %s', async (what) => {
    const name = what.replaceAll(' ', '-')
    const own = join(folder, 'own')
    const by = { key: join(own, `${name}.key`), certificate: join(own, `${name}.pem`) }
    expect(await judged(await resigned(response, by))).toMatch(/^certificate: expected the critical extended key usage/)
  })

  it('is refused by a certificate that had ended', async () => {
    const extensions = 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=critical,timeStamping\n'
    authority.addSigner('ended', extensions, ['-days', '-1'])
    const ended = await authority.reply(timestampRequest(document).request, 'ended')
    expect(await judged(ended)).toMatch(/^signature: Validation of signer's certificate failed/)
  })

  it('signed again by the right certificate holds, and is refused where the signature names another or none', async () => {
    const own = join(folder, 'own')
    const by = { key: join(own, 'signer.key'), certificate: join(own, 'signer.pem') }
    expect(await judged(await resigned(response, by))).toBe('attested')
    expect(await judged(await resigned(response, by, authority.ca))).toBe(
      'certificate: is not the one that the signature names',
    )
    expect(await judged(await resigned(response, by, null))).toBe('signed attributes: expected the signing certificate')
  })

  it('is never read as another time when it was changed, and never throws', async () => {
    const good = await verifyTimestamp(response, document, trusted, nonce)
    const place = fc.nat({ max: response.length - 1 })
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(response)
        changed[at] = (changed[at] ?? 0) ^ flip
        const verdict = await verifyTimestamp(changed, document, trusted, nonce)
        // The status around the token is not signed: a change there changes nothing that is attested.
        if (verdict.kind === 'attested') expect(verdict).toEqual(good)
      }),
      { numRuns: 60 },
    )
  })

  it('is refused, not thrown, whatever bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect((await verifyTimestamp(bytes, document, trusted, null)).kind).toBe('refused')
      }),
    )
    expect((await verifyTimestamp(response.subarray(0, -1), document, trusted, null)).kind).toBe('refused')
    expect((await verifyTimestamp(Buffer.concat([response, Buffer.of(0)]), document, trusted, null)).kind).toBe(
      'refused',
    )
  })

  it('of an authority that refuses has no token', async () => {
    // A request for another hash than the authority takes.
    const { request } = timestampRequest(document)
    const other = Buffer.from(request)
    other[other.indexOf(Buffer.from('608648016503040201', 'hex')) + 8] = 9
    const verdict = await verifyTimestamp(await authority.reply(other), document, trusted, null)
    expect(verdict).toEqual({ kind: 'refused', reason: 'the authority refused, with status 2' })
  })

  it('takes no authorities from what is no PEM', () => {
    expect(readTimeAuthorities('')).toBeNull()
    expect(readTimeAuthorities('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')).toBeNull()
  })
})

// Files in a request: well formed, never widened, and part of what an approval binds to.

import { describe, expect, it } from 'vitest'
import { approve, submit } from '../../policy/approval.ts'
import { requestDigest } from '../../policy/request-digest.ts'
import type { FileTerms } from '../../policy/model.ts'
import { isSameTransfer, sayTransfer, waysOf } from '../../policy/transfer.ts'
import { ask, codeOf, ok, opened, requester, requestId, start, submitted, yes } from './asking.ts'

const transfer: FileTerms = { allow: ['list', 'read', 'write'], paths: ['/opt/drives/**', '/tmp/*'] }
const submitWith = (given: FileTerms, operationClass: 'observe' | 'operate' = 'operate') =>
  submit({ id: requestId, set: null, by: requester.id, ask: { ...ask, operationClass, transfer: given }, now: start })
const narrowed = (less: FileTerms | null) => approve(yes(submitted({ transfer }), { changes: { transfer: less } }))

describe('files in a request', () => {
  it('go into its terms and its grant', () => {
    expect(submitted({ transfer }).terms.transfer).toEqual(transfer)
    expect(opened(approve(yes(submitted({ transfer })))).transfer).toEqual(transfer)
    expect(opened()).not.toHaveProperty('transfer')
  })

  it.each([
    ['nothing to be done', { ...transfer, allow: [] }],
    ['no path', { ...transfer, paths: [] }],
    ['a relative path', { ...transfer, paths: ['drives'] }],
    ['too many paths', { ...transfer, paths: Array.from({ length: 21 }, (_, i) => `/opt/${i}`) }],
  ])('are refused with %s', (_what, given) => {
    expect(codeOf(submitWith(given))).toBe('transfer-malformed')
  })

  it('are only listed and read by who only observes', () => {
    expect(codeOf(submitWith(transfer, 'observe'))).toBe('transfer-malformed')
    expect(codeOf(submitWith({ ...transfer, allow: ['list', 'read'] }, 'observe'))).toBe('ok')
    const less = opened(approve(yes(submitted({ transfer }), { changes: { operationClass: 'observe' } })))
    expect(less.transfer).toEqual({ ...transfer, allow: ['list', 'read'] })
  })

  it('are made less by an approver: fewer switches, narrower paths, or none', () => {
    const fewer: FileTerms = { allow: ['list', 'read'], paths: ['/opt/drives/line-1/*.par'] }
    expect(opened(narrowed(fewer)).transfer).toEqual(fewer)
    expect(opened(narrowed(null))).not.toHaveProperty('transfer')
  })

  it.each<[string, FileTerms]>([
    ['a switch more', { ...transfer, allow: [...transfer.allow, 'delete'] }],
    ['another path', { ...transfer, paths: ['/etc/**'] }],
    ['a wider path', { ...transfer, paths: ['/opt/**'] }],
    ['a path that is none', { ...transfer, paths: ['/opt/drives/../../etc'] }],
    ['nothing in an odd way', { ...transfer, allow: [] }],
  ])('are never made more: %s', (_what, more) => {
    expect(codeOf(narrowed(more))).toBe('terms-wider')
  })

  it('are not added where none were asked for', () => {
    expect(codeOf(approve(yes(undefined, { changes: { transfer } })))).toBe('terms-wider')
  })

  it('are part of the digest, asked and granted each, and a request without has the digest it always had', () => {
    const request = submitted({ transfer })
    const digests = [
      requestDigest(submitted()),
      requestDigest(request),
      requestDigest({ ...request, terms: { ...request.terms, transfer: { ...transfer, allow: ['list'] } } }),
      requestDigest({ ...request, terms: { ...request.terms, transfer: { ...transfer, paths: ['/tmp/*'] } } }),
      requestDigest(submitted({ transfer: { ...transfer, paths: ['/opt/drives/**'] } })),
    ]
    expect(new Set(digests).size).toBe(digests.length)
    // As it was before files could be asked for.
    expect(digests[0]).toBe('b7e7c43397ab8dfdb6324bdb6b8e0ad7f99ec27da9d7fcded25b6d32d383e4d5')
    const { transfer: _, ...terms } = request.terms
    expect(ok(narrowed(null)).request.approvals[0]?.requestDigest).toBe(requestDigest({ ...request, terms }))
  })

  it('are the same in whatever order they are written', () => {
    const turned = { allow: transfer.allow.toReversed(), paths: transfer.paths.toReversed() }
    expect(isSameTransfer(transfer, turned)).toBe(true)
    expect(isSameTransfer(transfer, undefined)).toBe(false)
    expect(isSameTransfer(undefined, undefined)).toBe(true)
  })

  it('are said with the gravest first', () => {
    expect(sayTransfer({ allow: ['list', 'read', 'write', 'delete'], paths: ['/opt/**'] })).toBe(
      'bring, delete, fetch, list in /opt/**',
    )
    expect(waysOf({ allow: ['list', 'delete', 'read', 'write'] })).toEqual(['bring', 'fetch', 'change'])
    expect(waysOf({ allow: ['list'] })).toEqual(['list'])
  })
})

// How failures of a store are judged: gone, not now, not at all, or a fault of ours.

import { describe, expect, it } from 'vitest'
import { faultOf, storeFaultOf } from '../../../gateway/blobs/s3-fault.ts'
import { partBytesFor } from '../../../gateway/blobs/s3-parts.ts'

const answered = (name: string, httpStatusCode: number) =>
  Object.assign(new Error('said by the server'), { name, $metadata: { httpStatusCode } })

describe('what a store did', () => {
  it.each([
    [answered('NoSuchKey', 404), { kind: 'missing' }],
    [answered('NotFound', 404), { kind: 'missing' }],
    [answered('SlowDown', 503), { kind: 'unreachable', reason: 'answered 503 SlowDown' }],
    [answered('InternalError', 500), { kind: 'unreachable', reason: 'answered 500 InternalError' }],
    [answered('RequestTimeout', 400), { kind: 'unreachable', reason: 'answered 400 RequestTimeout' }],
    [answered('AccessDenied', 403), { kind: 'refused', reason: 'answered 403 AccessDenied' }],
    [answered('NoSuchBucket', 404), { kind: 'refused', reason: 'answered 404 NoSuchBucket' }],
    [answered('<b>name</b>', 400), { kind: 'refused', reason: 'answered 400' }],
    [answered('SyntaxError', 200), { kind: 'unreachable', reason: 'answered 200 SyntaxError, which cannot be read' }],
    [Object.assign(new Error(), { code: 'ECONNREFUSED' }), { kind: 'unreachable', reason: 'ECONNREFUSED' }],
    [Object.assign(new Error(), { name: 'TimeoutError' }), { kind: 'unreachable', reason: 'no answer in time' }],
    [
      new Error('outer', { cause: Object.assign(new Error(), { code: 'EPIPE' }) }),
      { kind: 'unreachable', reason: 'EPIPE' },
    ],
  ])('%s', (error, fault) => {
    expect(faultOf(error)).toEqual(fault)
  })

  it('is no fault of the store where it is one of ours', () => {
    const bug = new TypeError('undefined is not a function')
    expect(() => faultOf(bug)).toThrow(bug)
    expect(() => faultOf('a text')).toThrow('a text')
  })

  it('is a refusal where a file that must be there is not', () => {
    expect(storeFaultOf(answered('NoSuchUpload', 404))).toEqual({ kind: 'refused', reason: 'answered 404' })
  })
})

describe('the size of a part', () => {
  it('is what was asked for, and larger where a file would have more parts than a store takes', () => {
    const mebibyte = 1024 * 1024
    expect(partBytesFor(10 * mebibyte, 8 * mebibyte)).toBe(8 * mebibyte)
    const huge = 500 * 1024 * 1024 * mebibyte
    const part = partBytesFor(huge, 8 * mebibyte)
    expect(Math.ceil(huge / part)).toBeLessThanOrEqual(10_000)
    expect(part % mebibyte).toBe(0)
  })
})

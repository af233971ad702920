// Connections as the core keeps them of a worker: who is on which, and what it was signed for.

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CompleteLogin, FirstProof } from '../../../gateway/identity/authenticate.ts'
import { ServedConnections } from '../../../gateway/workers/connections.ts'
import { arrivalAt, type TestArrival } from '../../support/test-arrival.ts'

const who = (login: string): CompleteLogin => ({
  person: { login } as unknown as CompleteLogin['person'],
  mfa: ['totp'],
  shownKey: 'AAAA',
})
const proofOf = (login: string): FirstProof => ({ person: who(login).person, factor: 'password' })
const text = (bytes: Uint8Array): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

describe('a connection that a worker serves', () => {
  let connections: ServedConnections
  let arrival: TestArrival

  beforeEach(() => {
    connections = new ServedConnections()
    arrival = arrivalAt('192.0.2.7')
    connections.add(1, arrival)
  })

  it('is nobody before a login is complete, and then who logged in, from where it came', () => {
    const one = connections.get(1)
    expect(() => one.visitor(false)).toThrow('nobody has logged in')
    expect(() => one.visitor(true)).toThrow('nobody has logged in')
    one.complete(who('vendor'))
    expect(one.visitor(false)).toEqual({ ...who('vendor'), source: '192.0.2.7' })
    expect(one.visitor(true)).toEqual({ ...who('vendor'), source: '192.0.2.7', through: 'jump' })
    expect(one.visitor(false)).not.toHaveProperty('through')
  })

  it('stays who logged in on it first', () => {
    const one = connections.get(1)
    one.complete(who('vendor'))
    one.complete(who('admin'))
    expect(one.visitor(false).person).toEqual(who('vendor').person)
  })

  it('keeps what was shown by numbers of its own, a few at most, and forgets it when a login is complete', () => {
    const one = connections.get(1)
    connections.add(2, arrivalAt('192.0.2.8'))
    const number = one.keepProof(proofOf('vendor'))
    expect(one.proof(number)).toEqual(proofOf('vendor'))
    expect(() => connections.get(2).proof(number)).toThrow('no first factor')
    for (let i = 1; i < 16; i++) one.keepProof(proofOf(`${i}`))
    expect(() => one.keepProof(proofOf('once more'))).toThrow('too many first factors')
    one.dropProof(number)
    expect(() => one.proof(number)).toThrow('no first factor')
    const next = one.keepProof(proofOf('again'))
    expect(next).not.toBe(number)
    expect(one.openProofs).toHaveLength(16)
    one.complete(who('vendor'))
    expect(one.openProofs).toEqual([])
    expect(() => one.proof(next)).toThrow('no first factor')
  })

  it('takes for its own what was signed over the first hash exchanged on it, and nothing else', () => {
    const hash = fc.constantFrom(32, 48, 64).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
    fc.assert(
      fc.property(hash, hash, fc.uint8Array(), fc.nat(), (first, rekeyed, rest, at) => {
        connections.add(3, arrivalAt('192.0.2.9'))
        const one = connections.get(3)
        const signed = Buffer.concat([text(first), rest])
        expect(one.isSignedHere(signed)).toBe(false)
        one.exchanged(first)
        one.exchanged(rekeyed)
        expect(one.isSignedHere(signed)).toBe(true)
        // As a view into something larger as well.
        expect(one.isSignedHere(Buffer.concat([Buffer.alloc(7), signed]).subarray(7))).toBe(true)
        expect(one.isSignedHere(signed.subarray(0, at % (4 + first.length)))).toBe(false)
        const changed = Buffer.from(signed)
        const place = at % (4 + first.length)
        changed[place] = (changed[place] ?? 0) ^ 1
        expect(one.isSignedHere(changed)).toBe(false)
        if (!Buffer.from(first).equals(rekeyed))
          expect(one.isSignedHere(Buffer.concat([text(rekeyed), rest]))).toBe(false)
      }),
    )
  })

  it('keeps the hash that was exchanged, whatever becomes of the bytes it came in', () => {
    const hash = Buffer.alloc(32, 1)
    const signed = text(Buffer.alloc(32, 1))
    connections.get(1).exchanged(hash)
    hash.fill(9)
    expect(connections.get(1).isSignedHere(signed)).toBe(true)
  })
})

describe('the connections of a worker', () => {
  let connections: ServedConnections
  let first: TestArrival
  let second: TestArrival

  beforeEach(() => {
    vi.useFakeTimers()
    connections = new ServedConnections()
    ;[first, second] = [arrivalAt('192.0.2.7'), arrivalAt('192.0.2.8')]
    connections.add(1, first)
    connections.add(2, second)
  })
  afterEach(() => vi.useRealTimers())

  it('are those it was handed, and no other', () => {
    expect(connections.size).toBe(2)
    expect(() => connections.get(3)).toThrow('there is no connection 3')
    expect(connections.open(3)).toBeNull()
    connections.left(3)
    expect(connections.size).toBe(2)
  })

  it('give their place back once when they are closed, and are spoken of for half a minute yet', () => {
    connections.left(1)
    connections.left(1)
    expect([first.lefts, second.lefts, connections.size]).toEqual([1, 0, 1])
    expect(connections.open(1)).toBeNull()
    expect(connections.get(1).source).toBe('192.0.2.7')
    vi.advanceTimersByTime(30_000)
    expect(() => connections.get(1)).toThrow('there is no connection 1')
    expect(connections.get(2).source).toBe('192.0.2.8')
  })

  it('all give their places back once when the worker is gone', () => {
    connections.left(1)
    const open = connections.end()
    expect(open.map(({ source }) => source)).toEqual(['192.0.2.8'])
    expect(connections.end()).toEqual([])
    connections.left(2)
    expect([first.lefts, second.lefts, connections.size]).toEqual([1, 1, 0])
    expect(() => connections.get(2)).toThrow('there is no connection 2')
  })
})

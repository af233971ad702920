import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signCheckpoint } from '../../../recorder/checkpoint.ts'
import { parseNote } from '../../../recorder/note.ts'
import { parseSubmission, readAnswer, writeSubmission } from '../../../recorder/witness/submission.ts'
import { newLog, newWitness, origin } from './keys.ts'

const checkpoint = signCheckpoint({ origin, size: 9, root: Buffer.alloc(32, 1), extensions: [] }, [newLog()])
const note = parseNote(checkpoint)
const text = note.kind === 'ok' ? note.value.text : ''
const { key, cosigner } = newWitness('w1.example')
const answer = (status: number, body: string, type = 'text/plain') =>
  readAnswer({ status, type, body: Buffer.from(body, 'utf8') }, checkpoint, [cosigner])

describe('a submission to a witness', () => {
  it('is read as it was written', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(fc.nat(), fc.array(hash, { maxLength: 63 }), (old, proof) => {
        expect(parseSubmission(writeSubmission({ old, proof, checkpoint }))).toEqual({
          kind: 'ok',
          value: { old, proof: proof.map((bytes) => Buffer.from(bytes)), checkpoint },
        })
      }),
    )
  })

  it('is refused where it is malformed', () => {
    const faultOf = (body: string) => {
      const parsed = parseSubmission(Buffer.from(body))
      return parsed.kind === 'malformed' ? parsed.reason : 'none'
    }
    expect(faultOf('old 1\n')).toMatch(/expected an empty line/)
    expect(faultOf('old 01\n\n')).toMatch(/expected `old <size>`/)
    expect(faultOf('size 1\n\n')).toMatch(/expected `old <size>`/)
    expect(faultOf('old 1\nAAAA\n\n')).toMatch(/32 bytes/)
    const line = `${Buffer.alloc(32).toString('base64')}\n`
    expect(faultOf(`old 1\n${line.repeat(64)}\n`)).toMatch(/at most 63/)
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(['ok', 'malformed']).toContain(parseSubmission(bytes).kind)
      }),
    )
  })
})

describe('the answer of a witness', () => {
  it('gives only lines that hold', () => {
    const line = key.cosign(text, 5)
    const stranger = newWitness('w2.example').key.cosign(text, 5)
    expect(answer(200, `${line}${stranger}`)).toEqual({ kind: 'cosigned', lines: [line.trim()] })
    expect(answer(200, stranger)).toMatchObject({ kind: 'refused', reason: /no cosignature of a known witness/ })
    expect(answer(200, key.cosign(text.replace('9', '8'), 5))).toMatchObject({ kind: 'refused' })
    expect(answer(200, '')).toMatchObject({ kind: 'refused' })
    expect(answer(200, '<html>')).toMatchObject({ kind: 'refused', reason: /is no signature/ })
  })

  it('says from which size the proof has to begin', () => {
    expect(answer(409, '20852163\n', 'text/x.tlog.size')).toEqual({ kind: 'other-size', size: 20_852_163 })
    expect(answer(409, '020\n', 'text/x.tlog.size')).toMatchObject({ kind: 'refused', reason: /no size/ })
    expect(answer(409, '5\n')).toMatchObject({ kind: 'refused', reason: /another root/ })
  })

  it('says in words why it would not', () => {
    expect(answer(404, '')).toMatchObject({ reason: 'answered 404: it does not know this ledger' })
    expect(answer(403, '')).toMatchObject({ reason: /does not trust the key/ })
    expect(answer(422, '')).toMatchObject({ reason: /did not convince/ })
    expect(answer(500, '')).toMatchObject({ reason: 'answered 500' })
  })
})

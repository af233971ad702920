import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  mostAnswersInARow,
  mostSubnegotiated,
  TelnetGuard,
  type TelnetVerdict,
} from '../../../../gateway/guards/telnet/guard.ts'

const IAC = 255
const [DONT, DO, WONT, WILL, SB, SE, DM] = [254, 253, 252, 251, 250, 240, 242]
const [BINARY, ECHO, SGA, TTYPE, NAWS] = [0, 1, 3, 24, 31]

const guard = (): TelnetGuard => new TelnetGuard('xterm', { cols: 80, rows: 24 })
const bytesOf = (verdicts: readonly TelnetVerdict[], kind: 'forward' | 'answer'): Buffer =>
  Buffer.concat(verdicts.flatMap((each) => (each.kind === kind ? [each.bytes] : [])))
const said = (verdicts: readonly TelnetVerdict[]): Buffer => bytesOf(verdicts, 'forward')
const answered = (verdicts: readonly TelnetVerdict[]): number[] => [...bytesOf(verdicts, 'answer')]
const ask = (...bytes: number[]): Buffer => Buffer.from(bytes)
const split = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return at.slice(1).map((to, i) => bytes.subarray(at[i], to))
}
/** Bytes in which telnet's own are frequent. */
const hostile = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(IAC, DO, DONT, WILL, WONT, SB, SE, DM, 0, 1, 3, 10, 13, 24, 31) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
    ),
    { maxLength: 400 },
  )
  .map((values) => Uint8Array.from(values))

describe('what a target says in telnet', () => {
  it('is text, with IAC once for twice, CR alone for CR NUL, and no command left in it', () => {
    const heard = said(guard().fromTarget(ask(97, IAC, IAC, 13, 0, 98, 13, 10, IAC, 241, 99, IAC, 249)))
    expect([...heard]).toEqual([97, 255, 13, 98, 13, 10, 99])
  })

  it.each([
    ['what is agreed to', [DO, TTYPE], [WILL, TTYPE]],
    ['an offer that is taken', [WILL, ECHO], [DO, ECHO]],
    ['line mode (RFC 1184)', [DO, 34], [WONT, 34]],
    ['environment (RFC 1572)', [DO, 39], [WONT, 39]],
    ['encryption', [WILL, 38], [DONT, 38]],
    ['our own echo', [DO, ECHO], [WONT, ECHO]],
  ])('answers %s', (_what, [command = 0, option = 0], expected) => {
    const verdicts = guard().fromTarget(ask(IAC, command, option))
    expect(answered(verdicts).slice(0, 3)).toEqual([IAC, ...expected])
  })

  it('says nothing to what only repeats what holds, so that two ends never answer each other without end', () => {
    const one = guard()
    one.fromTarget(ask(IAC, WILL, ECHO))
    expect(answered(one.fromTarget(ask(IAC, WILL, ECHO, IAC, WILL, ECHO)))).toEqual([])
    expect(answered(one.fromTarget(ask(IAC, WONT, ECHO)))).toEqual([IAC, DONT, ECHO])
    expect(answered(one.fromTarget(ask(IAC, WONT, ECHO)))).toEqual([])
  })

  it('asks once for what makes a terminal, when the target has shown that it speaks telnet', () => {
    const one = guard()
    const first = answered(one.fromTarget(ask(IAC, WILL, ECHO)))
    expect(first).toEqual([IAC, DO, ECHO, IAC, DO, SGA, IAC, WILL, TTYPE, IAC, WILL, NAWS])
    expect(answered(one.fromTarget(ask(IAC, WILL, SGA)))).toEqual([])
  })

  it('tells the size of the window when it is asked, and again when it changes, with 255 doubled', () => {
    const one = guard()
    expect(one.resize({ cols: 100, rows: 30 })).toBe(null)
    expect(answered(one.fromTarget(ask(IAC, DO, NAWS))).join()).toContain(
      [IAC, SB, NAWS, 0, 100, 0, 30, IAC, SE].join(),
    )
    expect([...(one.resize({ cols: 255, rows: 70_000 }) ?? [])]).toEqual([
      IAC,
      SB,
      NAWS,
      0,
      IAC,
      IAC,
      IAC,
      IAC,
      IAC,
      IAC,
      IAC,
      SE,
    ])
  })

  it('tells the type of the terminal, and of one that is no name that it is unknown', () => {
    const send = ask(IAC, DO, TTYPE, IAC, SB, TTYPE, 1, IAC, SE)
    expect(bytesOf(guard().fromTarget(send), 'answer').includes('xterm')).toBe(true)
    const odd = new TelnetGuard('x\u00ff\n', { cols: 1, rows: 1 })
    expect(bytesOf(odd.fromTarget(send), 'answer').includes('UNKNOWN')).toBe(true)
  })

  it('says nothing of the terminal before that was agreed', () => {
    expect(answered(guard().fromTarget(ask(IAC, SB, TTYPE, 1, IAC, SE)))).toEqual([])
  })

  it('keeps CR NUL as it is where both speak binary (RFC 856)', () => {
    const one = guard()
    expect(said(one.fromTarget(ask(IAC, WILL, BINARY, 13, 0)))).toEqual(ask(13, 0))
    one.fromTarget(ask(IAC, DO, BINARY))
    expect([...one.fromClient(ask(13, IAC))]).toEqual([13, IAC, IAC])
  })

  it('ends a subnegotiation without end, and a negotiation without end', () => {
    const long = guard().fromTarget(Buffer.concat([ask(IAC, SB, TTYPE), Buffer.alloc(mostSubnegotiated + 1, 65)]))
    expect(long.at(-1)?.kind).toBe('end')
    const one = guard()
    const flood = one.fromTarget(Buffer.from(Array.from({ length: mostAnswersInARow + 9 }, () => [IAC, DO, 99]).flat()))
    expect(flood.at(-1)?.kind).toBe('end')
    expect(one.fromTarget(ask(97, IAC, DO, 99))).toEqual([])
  })

  it('takes the mark of a Synch out, whichever of its two bytes the kernel took as urgent', () => {
    const one = guard()
    one.fromClient(ask(3))
    expect(said(one.fromTarget(ask(DM, 94, 67)))).toEqual(ask(94, 67))
    // Once, and only where something was interrupted: elsewhere it is a character.
    expect(said(one.fromTarget(ask(DM, 94)))).toEqual(ask(DM, 94))
    expect(said(guard().fromTarget(ask(DM, 94)))).toEqual(ask(DM, 94))
    expect(said(guard().fromTarget(ask(IAC, 94, 67)))).toEqual(ask(94, 67))
    const other = guard()
    other.fromClient(ask(3))
    const letter = Buffer.from('\u{80000}')
    expect(said(other.fromTarget(letter))).toEqual(letter)
  })

  it('is taken apart the same wherever it is split, and never throws', () => {
    fc.assert(
      fc.property(hostile, fc.array(fc.nat(400), { maxLength: 8 }), fc.boolean(), (bytes, cuts, interrupted) => {
        const [whole, parts] = [guard(), guard()]
        if (interrupted) for (const one of [whole, parts]) one.fromClient(ask(3))
        const once = whole.fromTarget(bytes)
        const often = split(bytes, cuts).flatMap((part) => parts.fromTarget(part))
        expect(said(often)).toEqual(said(once))
        expect(answered(often)).toEqual(answered(once))
        expect(often.filter(({ kind }) => kind === 'option' || kind === 'end')).toEqual(
          once.filter(({ kind }) => kind === 'option' || kind === 'end'),
        )
      }),
    )
  })

  it('is never more than came, and answered by a bounded amount for each byte', () => {
    fc.assert(
      fc.property(hostile, (bytes) => {
        const verdicts = guard().fromTarget(bytes)
        expect(said(verdicts).length).toBeLessThanOrEqual(bytes.length)
        expect(answered(verdicts).length).toBeLessThanOrEqual(32 + bytes.length * 8)
      }),
    )
  })
})

describe('what a client types', () => {
  it('reaches the other end as it was, and no byte of it as a command', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (typed) => {
        const wire = guard().fromClient(typed)
        // The other end of a line reads what we send as we read what it sends.
        const verdicts = guard().fromTarget(wire)
        expect(verdicts.every(({ kind }) => kind === 'forward')).toBe(true)
        expect(said(verdicts)).toEqual(Buffer.from(typed))
      }),
    )
  })

  it('may be a break, which is a command', () => {
    expect([...guard().sendBreak()]).toEqual([IAC, 243])
  })

  it('is echoed here only where a target that speaks telnet says that it does not', () => {
    const one = guard()
    expect(one.echoes).toBe(true)
    one.fromTarget(ask(IAC, DO, TTYPE))
    expect(one.echoes).toBe(false)
    one.fromTarget(ask(IAC, WILL, ECHO))
    expect(one.echoes).toBe(true)
  })
})

/** Commands of an answer about options; subnegotiations are left out. */
function commandsIn(bytes: Uint8Array): number[][] {
  const commands: number[][] = []
  for (let at = 0; at < bytes.length;) {
    const command = bytes[at + 1] ?? 0
    if (command === SB) at = Buffer.from(bytes).indexOf(Buffer.from([IAC, SE]), at) + 2
    else {
      commands.push([command, bytes[at + 2] ?? 0])
      at += 3
    }
  }
  return commands
}

describe('whatever commands come', () => {
  const command = fc.tuple(fc.constantFrom(DO, DONT, WILL, WONT), fc.nat(40))

  it('each is answered by one at most, beside the three that make a terminal of the line', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), (begun) => {
        const verdicts = guard().fromTarget(Buffer.from(begun.flatMap((each) => [IAC, ...each])))
        expect(commandsIn(bytesOf(verdicts, 'answer')).length).toBeLessThanOrEqual(begun.length + 3)
      }),
    )
  })

  it('an exchange that a target keeps up without end is ended here', () => {
    // DO and DONT of something that is agreed to are two true changes: RFC 1143 promises no rest to who throws both in.
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 30 }), (begun) => {
        const one = guard()
        const thrown = Buffer.from([...begun, [DO, BINARY], [DONT, BINARY]].flatMap((each) => [IAC, ...each]))
        let answers = 0
        for (let rounds = 0; rounds <= mostAnswersInARow; rounds++) {
          const verdicts = one.fromTarget(thrown)
          answers += commandsIn(bytesOf(verdicts, 'answer')).length
          if (verdicts.some(({ kind }) => kind === 'end')) break
        }
        expect(answers).toBeGreaterThan(0)
        expect(answers).toBeLessThanOrEqual(mostAnswersInARow)
        expect(one.fromTarget(thrown)).toEqual([])
      }),
      { numRuns: 20 },
    )
  })
})

import { describe, expect, it } from 'vitest'

import { barsContent, barsLink, barsMove } from '../../../../gateway/guards/sftp/move.ts'
import {
  fileCrossings,
  fileOutcome,
  withoutVerdict,
  type FileDemand,
  type FileFindings,
  type FilePermission,
  type FileRule,
  type Role,
} from '../../../../policy/index.ts'
import { fileRule, permissionOf } from '../../../support/sftp-scene.ts'

const permission = permissionOf([
  fileRule('free', ['/free/**']),
  fileRule('looked-at', ['/looked-at/**'], { upload: 'scan' }),
  fileRule('labelled', ['/labelled/**'], { download: 'release' }),
  fileRule('drop', ['/drop/**'], { allow: ['write', 'rename'] }),
  fileRule('some', ['/free/*/secret'], { deny: ['read'] }),
  fileRule('kept', ['/kept/**'], { allow: ['read', 'rename'] }),
  fileRule('declared', ['/declared/**'], { declaredOnly: true }),
])

it.each([
  ['/free/a', '/free/b', null],
  ['/free/a', '/labelled/a', null],
  ['/looked-at/a', '/free/a', null],
  ['/labelled/a', '/free/a', 'more easily'],
  ['/drop/a', '/free/a', 'more easily'],
  ['/free/a', '/looked-at/a', 'more closely'],
  ['/free/a', '/declared/a', 'more closely'],
  ['/free/x/secret', '/free/a', 'more easily'],
  ['/free/a', '/other/a', 'no rule'],
  ['/free/a', '/kept/a', 'nothing may be brought'],
  ['/kept/a', '/kept/b', null],
])('a file goes from %s to %s: %s', (from, to, text) => {
  const bar = barsMove(permission, 'rename', from, to, false)
  if (text === null) expect(bar).toBe(null)
  else expect(bar).toContain(text)
})

it('moves a folder only where everything in it is under the same rules', () => {
  expect(barsMove(permission, 'rename', '/free/a', '/free/b', true)).toContain('not everything is under the same rules')
  expect(barsMove(permission, 'rename', '/looked-at/a', '/looked-at/b', true)).toBe(null)
})

describe('between two rules', () => {
  const between = (here: Partial<FileRule>, there: Partial<FileRule>): FilePermission =>
    permissionOf([fileRule('here', ['/here/**'], here), fileRule('there', ['/there/**'], there)])
  const moved = (rules: FilePermission, size: number | null = null): string | null =>
    barsMove(rules, 'rename', '/here/a', '/there/a', false, size)
  const people = (one: readonly Role[], other: readonly Role[], all: Partial<FileRule>): FilePermission =>
    between({ ...all, releasedBy: one }, { ...all, releasedBy: other })

  it.each(['pass', 'hold', 'refuse'] as const)('moves a file where both wait for a verdict alike: %s', (without) => {
    const rule = { upload: 'release', download: 'release', withoutVerdict: without, releasedBy: ['engineer'] } as const
    expect(moved(between(rule, rule))).toBe(null)
    expect(barsLink(between(rule, rule), '/here/a', '/there/a', false)).toBe(null)
  })

  it.each([
    ['pass', 'hold', 'more closely'],
    ['pass', 'refuse', 'more closely'],
    ['hold', 'refuse', 'more closely'],
    ['refuse', 'hold', null],
    ['hold', 'pass', null],
  ] as const)('brings nothing past what holds without a verdict: from %s to %s', (here, there, text) => {
    const bar = moved(between({ upload: 'scan', withoutVerdict: here }, { upload: 'scan', withoutVerdict: there }))
    expect(bar ?? '').toContain(text ?? '')
    expect(bar === null).toBe(text === null)
  })

  it.each([
    ['refuse', 'pass', 'more easily'],
    ['refuse', 'hold', 'more easily'],
    ['hold', 'pass', 'more easily'],
    ['pass', 'refuse', null],
  ] as const)('fetches nothing past what holds without a verdict: from %s to %s', (here, there, text) => {
    const bar = moved(between({ download: 'scan', withoutVerdict: here }, { download: 'scan', withoutVerdict: there }))
    expect(bar ?? '').toContain(text ?? '')
    expect(bar === null).toBe(text === null)
  })

  it('asks for no verdict where nothing is looked at', () => {
    expect(moved(between({ withoutVerdict: 'pass' }, { withoutVerdict: 'refuse', releasedBy: ['approver'] }))).toBe(
      null,
    )
    expect(moved(between({ upload: 'scan', releasedBy: ['approver'] }, { withoutVerdict: 'refuse' }))).toBe(null)
  })

  it('brings nothing that one person lets go to where another has to', () => {
    const release = { upload: 'release' } as const
    expect(moved(people(['engineer'], ['safety-engineer'], release))).toContain('let go by others')
    expect(moved(people(['engineer', 'approver'], ['approver'], release))).toContain('let go by others')
    expect(moved(people(['engineer'], [], release))).toContain('let go by others')
    expect(moved(people(['approver'], ['engineer', 'approver'], release))).toBe(null)
    // Who looks at a file without a verdict lets it go as well.
    expect(moved(people(['engineer'], ['approver'], { upload: 'scan' }))).toContain('let go by others')
    expect(moved(people(['engineer'], ['approver'], { upload: 'scan', withoutVerdict: 'refuse' }))).toBe(null)
    const safety = { upload: 'release', releasedBy: ['safety-engineer'], withoutVerdict: 'refuse' } as const
    expect(moved(between({ upload: 'release', releasedBy: ['engineer'] }, safety))).toContain('more closely')
  })

  it('fetches nothing that one person lets go from where another does', () => {
    const release = { download: 'release' } as const
    expect(moved(people(['safety-engineer'], ['engineer'], release))).toContain('let go by others')
    expect(moved(people(['approver'], ['engineer', 'approver'], release))).toContain('let go by others')
    expect(moved(people(['engineer', 'approver'], ['approver'], release))).toBe(null)
  })

  it('moves nothing past the size that may pass', () => {
    // What is open goes on being written to by its old path: how large it is now does not matter.
    expect(moved(between({ largest: 200 }, { largest: 100 }), 10)).toContain('may have 100 bytes')
    expect(moved(between({ largest: 100 }, { largest: 200 }), 100)).toBe(null)
    expect(moved(between({ largest: 100 }, { largest: 200 }), 101)).toContain('larger than 100 bytes is not fetched')
    expect(moved(between({ largest: 100 }, { largest: 200 }))).toContain('larger than 100 bytes is not fetched')
    const [kept, dropped] = [
      ['read', 'rename'],
      ['write', 'rename'],
    ] as const
    expect(moved(between({ largest: 200, allow: kept }, { largest: 100, allow: kept }), 150)).toBe(null)
    expect(moved(between({ largest: 100, allow: dropped }, { largest: 200, allow: dropped }), 50)).toBe(null)
  })

  it.each([
    [{ upload: 'scan' }, { withoutVerdict: 'refuse' }],
    [{ download: 'scan' }, { withoutVerdict: 'pass' }],
    [{ upload: 'release' }, { releasedBy: ['engineer'] }],
    [{ download: 'release' }, { releasedBy: ['engineer'] }],
    [{}, { largest: 100 }],
  ] as const)('links neither way where with %o one of them says %o', (both, one) => {
    for (const rules of [between({ ...both, ...one }, both), between(both, { ...both, ...one })])
      expect(barsLink(rules, '/here/a', '/there/a', false)).not.toBe(null)
    expect(barsLink(between(both, both), '/here/a', '/there/a', false)).toBe(null)
  })

  it('lets nothing through by a move that would not come through where it goes, whatever the two rules say', () => {
    const roles: readonly (readonly Role[])[] = [[], ['engineer'], ['approver'], ['engineer', 'approver']]
    const demands: readonly FileDemand[] = fileCrossings.flatMap((crossing) =>
      withoutVerdict.flatMap((without) =>
        roles.flatMap((releasedBy) =>
          [false, true].map((declaredOnly) => ({ crossing, withoutVerdict: without, releasedBy, declaredOnly })),
        ),
      ),
    )
    const findings: readonly FileFindings[] = (['clean', 'none'] as const).flatMap((verdict) =>
      [true, false].map((isDeclared) => ({
        isBrought: true,
        verdict,
        isDeclared,
        wasReleased: false,
        isOneTooMany: false,
      })),
    )
    /** Who lets it through: nobody has to, some people, or null for nobody at all. */
    const through = (demand: FileDemand, found: FileFindings): readonly Role[] | 'nobody has to' | null => {
      if (demand.crossing === 'pass' && !demand.declaredOnly) return 'nobody has to'
      const { kind } = fileOutcome(demand, found)
      return kind === 'block' ? null : kind === 'hold' ? demand.releasedBy : 'nobody has to'
    }
    const isGained = (here: FileDemand, there: FileDemand): boolean =>
      findings.some((found) => {
        const [by, over] = [through(here, found), through(there, found)]
        if (by === null || over === 'nobody has to') return false
        return by === 'nobody has to' || by.some((role) => !over?.includes(role))
      })
    const ruleOf = ({ crossing, ...rest }: FileDemand): Partial<FileRule> => ({ ...rest, upload: crossing })
    const gained = demands.flatMap((here) =>
      demands.filter((there) => isGained(here, there)).map((there) => ({ here, there })),
    )
    expect(gained.length).toBeGreaterThan(1_000)
    const passed = gained.filter(
      ({ here, there }) => barsContent(between(ruleOf(here), ruleOf(there)), '/here/a', '/there/a') === null,
    )
    expect(passed).toEqual([])
  })
})

describe('a folder in which links may be made', () => {
  const rules = permissionOf([
    fileRule('links', ['/a/**', '/b/**']),
    fileRule('none', ['/c/**', '/d/**'], { allow: ['read', 'write', 'rename'] }),
  ])
  it.each([
    ['/a/one', '/a/other', null],
    ['/a/one', '/a/deep/one', 'which could lead elsewhere'],
    ['/a/deep/one', '/b/one', 'which could lead elsewhere'],
    ['/a', '/c', 'there may be none'],
    ['/c/one', '/d/deep/one', null],
  ])('goes from %s to %s: %s', (from, to, text) => {
    const bar = barsMove(rules, 'rename', from, to, true)
    if (text === null) expect(bar).toBe(null)
    else expect(bar).toContain(text)
  })
})

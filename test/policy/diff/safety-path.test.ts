// What of a change lies on the safety path, and that nothing which could matter to a safety system is left out.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { safetyPath, safetySteps, sayTouch } from '../../../policy/diff/safety-path.ts'
import { smallBundle } from '../bundle/small-bundle.ts'

const before = smallBundle()

/** What changes of one file touch, as lines for people. */
function touched(file: string, change: (text: string) => string): readonly string[] {
  const after = smallBundle({
    [file]: (text) => {
      const next = change(text)
      expect(next).not.toBe(text)
      return next
    },
  })
  return safetyPath(before, after).touches.items.map(sayTouch)
}

describe('a change on the safety path', () => {
  it('is none between a bundle and itself', () => {
    expect(safetyPath(before, before)).toEqual({ touches: { count: 0, items: [] }, plants: [], sil: null })
  })

  it('says the highest safety integrity level it bears on, of before and after', () => {
    const sil = (file: string, change: (text: string) => string) =>
      safetyPath(before, smallBundle({ [file]: change })).sil
    expect(sil('assets.yaml', (text) => text.replace('sil: 3', 'sil: 2'))).toBe(3)
    expect(sil('assets.yaml', (text) => text.replace('sil: 3', 'sil: 4'))).toBe(4)
    expect(sil('zones.yaml', (text) => text.replace('name: North, process control', 'name: North, control'))).toBe(3)
    expect(
      sil('assets.yaml', (text) => text.replace('Operator station, line 3', 'Operator station of line 3')),
    ).toBeNull()
  })

  const cases: readonly (readonly [what: string, file: string, change: (text: string) => string, line: string])[] = [
    [
      'a safety system that changes',
      'assets.yaml',
      (text) => text.replace('sil: 3', 'sil: 2'),
      'asset sis-1 changed: it is a safety system',
    ],
    [
      'a safety system that is none any more',
      'assets.yaml',
      (text) => text.replace('safety: SIS\n    sil: 3', 'safety: none'),
      'asset sis-1 changed: it is a safety system',
    ],
    [
      'a station that is safety-related',
      'assets.yaml',
      (text) => text.replace('name: Operator station, line 3', 'name: Operator station of line 3'),
      'asset hmi-3 changed: it is safety-related',
    ],
    [
      'what comes to stand beside a safety system',
      'assets.yaml',
      (text) => text.replace(/(id: ews-1\n[\s\S]*?)zone: north-operations/, '$1zone: north-control'),
      'asset ews-1 changed: it comes to stand beside a safety system',
    ],
    [
      'the zone it stands in',
      'zones.yaml',
      (text) => text.replace('name: North, process control', 'name: North, control'),
      'zone north-control changed: what stands in it is a safety system or safety-related',
    ],
    [
      'a conduit into that zone',
      'zones.yaml',
      (text) => text.replace(/(to: north-control[\s\S]*?)operationClass: engineer/, '$1operationClass: operate'),
      'conduit north-dmz-to-control changed: it ends at zone north-control, where safety is',
    ],
    [
      'the gate of process control',
      'scope.yaml',
      (text) => text.replace('plannedFor: 2027-03-15', 'plannedFor: 2027-02-15'),
      'phase 3 changed: safety systems stand behind it',
    ],
    [
      'a rule that speaks of safety',
      'policies/boundary.cedar',
      (text) => text.replace('Safety::"SIS" };', 'Safety::"SIS" && !context.presence };'),
      'rule sis-unreachable changed: it speaks of safety',
    ],
    [
      'a rule that names a safety system',
      'policies/who-may.cedar',
      (text) => `${text}\n@id("drill")\n@text("A drill.")\nforbid (principal, action, resource == Asset::"sis-1");\n`,
      'rule drill added: it speaks of safety',
    ],
    [
      'a scope rule that takes a safety system out',
      'scope.yaml',
      (text) => text.replace('types: [plc, hmi, safety-controller]', 'types: [plc, hmi]'),
      'asset sis-1 changed: it is a safety system and its scope goes from in to undetermined',
    ],
    [
      'an exception for what is safety-related',
      'register.yaml',
      (text) => text.replace('assets: [hist-1]', 'assets: [hist-1, hmi-3]'),
      'exception EX-01 changed: it covers what is safety-related',
    ],
  ]
  it.each(cases)('is %s', (_what, file, change, line) => {
    expect(touched(file, change)).toContain(line)
  })

  it('is not a supplier, a station without safety, or a rule about something else', () => {
    expect(touched('suppliers.yaml', (text) => text.replace('maxSessions: 4', 'maxSessions: 2'))).toEqual([])
    expect(touched('assets.yaml', (text) => text.replace('port: 2201', 'port: 2299'))).toEqual([])
    expect(
      touched('policies/duties.cedar', (text) => text.replace('windowMinutes > 240', 'windowMinutes > 120')),
    ).toEqual([])
  })

  it('names the plant whose safety engineer has to look', () => {
    const after = smallBundle({ 'assets.yaml': (text) => text.replace('sil: 3', 'sil: 2') })
    expect(safetyPath(before, after).plants).toEqual(['north'])
  })

  it('names both plants where a safety system moves from one to the other', () => {
    const after = smallBundle({
      'assets.yaml': (text) => text.replace(/(id: sis-1\n[\s\S]*?)zone: north-control/, '$1zone: south-operations'),
    })
    expect(safetyPath(before, after).plants).toEqual(['north', 'south'])
  })

  const duties = 'policies/duties.cedar'
  const rule = (resource: string): string => `
@id("drill")
@text("A drill.")
@control("GW-ACC-01")
permit (principal, action, resource == ${resource});
`
  it.each([
    ['as it is', 'Asset::"sis-1"'],
    ['with room between', 'Asset :: "sis-1"'],
    ['with an escaped sign', 'Asset::"sis\\u{2d}1"'],
    ['with a byte of it escaped', 'Asset::"sis\\x2d1"'],
    ['behind a comment with a quote', 'Asset:: // say "\n "sis-1"'],
  ])('is a rule that names a safety system, %s: its plant looks at it', (_, resource) => {
    const after = smallBundle({ [duties]: (text) => text + rule(resource) })
    const { touches, plants } = safetyPath(before, after)
    expect(touches.items.map(sayTouch)).toEqual(['rule drill added: it speaks of safety'])
    expect(plants).toEqual(['north'])
  })

  it('is an exception that names no asset: it covers all of them', () => {
    const after = smallBundle({ 'register.yaml': (text) => text.replace('    assets: [hist-1]\n', '') })
    const { touches, plants } = safetyPath(before, after)
    expect(touches.items.map(sayTouch)).toEqual(['exception EX-01 changed: it covers what is safety-related'])
    expect(plants).toEqual(['north'])
  })

  it('is a rule that leaves the rules of safety, from where it could be changed unseen', () => {
    const quiet = rule('Asset::"ews-1"')
    const among = smallBundle({ [duties]: (text) => text, 'policies/safety.cedar': () => quiet })
    const away = smallBundle({ [duties]: (text) => text + quiet })
    expect(safetyPath(among, away).touches.items.map(sayTouch)).toEqual(['rule drill changed: it speaks of safety'])
    expect(safetyPath(away, smallBundle({ [duties]: (text) => quiet + text })).touches.count).toBe(0)
  })

  it('is found whole in steps, between which others have their turn', () => {
    const after = smallBundle({ 'assets.yaml': (text) => text.replace('sil: 3', 'sil: 2') })
    const steps = safetySteps(before, after)
    let turn = steps.next()
    for (; turn.done !== true; turn = steps.next()) expect(turn.value).toBeUndefined()
    expect(turn.value).toEqual(safetyPath(before, after))
  })

  it('is found in both directions: whatever touches it going there touches it coming back', () => {
    // What leaves a zone takes nothing with it.
    const edits = cases.flatMap(([what, file, change]) => (what.includes('beside') ? [] : [[file, change] as const]))
    fc.assert(
      fc.property(fc.subarray([...edits.keys()], { minLength: 1, maxLength: 3 }), (chosen) => {
        const changes: Record<string, (text: string) => string> = {}
        for (const index of chosen) {
          const edit = edits[index]
          if (edit === undefined) continue
          const [file, change] = edit
          const sofar = changes[file] ?? ((text: string) => text)
          changes[file] = (text) => change(sofar(text))
        }
        const after = smallBundle(changes)
        const [there, back] = [safetyPath(before, after), safetyPath(after, before)]
        expect(there.touches.count).toBeGreaterThan(0)
        expect(new Set(back.touches.items.map(({ section, id }) => `${section} ${id}`))).toEqual(
          new Set(there.touches.items.map(({ section, id }) => `${section} ${id}`)),
        )
        expect(back.plants).toEqual(there.plants)
      }),
      { numRuns: 20 },
    )
  })
})

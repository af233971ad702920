// What may cross in a living session: by the bundle in force when it is asked, and by what may be typed now.

import { describe, expect, it } from 'vitest'
import { openCrossing } from '../../../gateway/sessions/crossing.ts'
import type { LiveSession } from '../../../gateway/sessions/session.ts'
import { judgeFile, type Bundle, type FileTerms, type Grant, type Person } from '../../../policy/index.ts'
import { bundleOf, grantIn, type Scenario } from '../../policy/scenario.ts'
import { people } from '../../policy/people.ts'
import { idOf } from '../../support/ids.ts'

const engineer = people.get('plant-engineer')
const machine = people.get('svc-mes-erp')
if (!engineer || !machine) throw new Error('nobody plays the part')
const transfer: FileTerms = { allow: ['list', 'read', 'write'], paths: ['/**'] }
const declared = [{ name: 'a.par', sha256: 'a'.repeat(64) }]

const plant = (replace: Scenario['replace'] = {}): Bundle =>
  bundleOf({
    name: '',
    person: '',
    request: { action: 'connect', asset: idOf.asset('ews-1') },
    expect: { kind: 'permit', rules: [] },
    replace,
  })

type Looked = Pick<LiveSession, 'facts' | 'onlyLooks' | 'standing'>
function crossingOf(
  asset: string,
  by: Person,
  given: { bundle?: () => Bundle; session?: Partial<Looked>; grant?: Partial<Grant> } = {},
) {
  const facts = { asset } as LiveSession['facts']
  const session = { facts, onlyLooks: false, standing: 'active' as const, ...given.session }
  const grant = { ...grantIn(by, asset), transfer, ...given.grant } as Grant
  return openCrossing(session, by, grant, declared, given.bundle ?? plant)
}
const may = (crossing: ReturnType<typeof crossingOf>, op: 'read' | 'write', path = '/opt/drives/a') =>
  judgeFile(crossing.files(), op, path).kind === 'allowed'

describe('what may cross in a session', () => {
  it('is what endpoint, rules and grant say', () => {
    const crossing = crossingOf('ews-1', engineer)
    expect(crossing.features()).toEqual(['terminal', 'command', 'sftp'])
    expect([may(crossing, 'read'), may(crossing, 'write'), may(crossing, 'write', '/etc/x')]).toEqual([
      true,
      true,
      false,
    ])
    expect(crossing.files().declared).toEqual(declared)
  })

  it('goes by the bundle in force now', () => {
    let bundle = plant()
    const crossing = crossingOf('ews-1', engineer, { bundle: () => bundle })
    expect(may(crossing, 'write')).toBe(true)
    bundle = plant({ 'files.yaml': [['allow: [list, read, write]\n    upload: release', 'allow: [list, read]']] })
    expect([may(crossing, 'read'), may(crossing, 'write')]).toEqual([true, false])
    bundle = plant({ 'assets.yaml': [['        features: [terminal, command, sftp]\n', '']] })
    expect(crossing.features()).toEqual(['terminal', 'command'])
  })

  it.each([
    ['while it only looks', { onlyLooks: true, standing: 'observing' as const }],
    ['since its window ended', { standing: 'observing' as const }],
    ['while its escort is away', { standing: 'paused' as const }],
  ])('is listing and reading %s', (_when, session) => {
    const crossing = crossingOf('ews-1', engineer, { session })
    expect([may(crossing, 'read'), may(crossing, 'write')]).toEqual([true, false])
  })

  it('is nothing by a grant without files, and on an asset that is declared no more', () => {
    const { transfer: _, ...without } = grantIn(engineer, 'ews-1')
    expect(
      openCrossing(
        { facts: { asset: 'ews-1' } as LiveSession['facts'], onlyLooks: false, standing: 'active' },
        engineer,
        without as Grant,
        [],
        plant,
      ).files().granted,
    ).toBeNull()
    const gone = crossingOf('no-such', engineer)
    expect([gone.features(), gone.files().granted]).toEqual([[], null])
  })

  it('is what access.yaml says where a machine uses it, and never a terminal', () => {
    const crossing = crossingOf('hist-1', machine)
    expect(crossing.features()).toEqual(['command', 'sftp', 'scp'])
    expect([may(crossing, 'read', '/srv/counters/a'), may(crossing, 'read', '/opt/drives/a')]).toEqual([true, false])
  })
})

import { describe, expect, it } from 'vitest'

import type { Actor } from '../../../gateway/access/authorize.ts'
import { healthView } from '../../../gateway/api/health-view.ts'
import { listedIn } from '../../../gateway/dependencies/listed.ts'
import { unseen } from '../../../gateway/dependencies/state.ts'
import type { Dependency, Person, PlantId, SupplierId } from '../../../policy/index.ts'
import { bundleFrom, plantFiles } from '../../policy/scenario.ts'

const plant = bundleFrom(plantFiles())
const [mine, others] = ['acme-drives' as SupplierId, 'borealis' as SupplierId]
const [here, elsewhere] = ['north' as PlantId, 'east' as PlantId]

function declared(id: string, suppliers: readonly SupplierId[]): Dependency {
  return {
    id,
    name: id,
    kind: 'service',
    owner: 'Plant IT',
    inScope: true,
    service: null,
    plants: [here, elsewhere],
    watch: { kind: 'connect', host: 'ldap.example', port: 636, everySeconds: 60, timeoutSeconds: 5 },
    failures: 1,
    whenDown: { effect: 'deny-new', suppliers, exceptTiers: [], living: false },
  }
}

const carriers = {
  wanted: 2,
  mostMebibytes: 1536,
  workers: [
    { number: 1, pid: 4711, state: 'serving', connections: 3, sessions: 2, residentMebibytes: 180 },
    { number: 3, pid: 4713, state: 'starting', connections: 0, sessions: 0, residentMebibytes: null },
  ],
  died: 1,
  lastDiedAt: 1,
} as const

function seenBy(supplier: SupplierId | null, dependencies: readonly Dependency[]) {
  const bundle = { ...plant, scope: { ...plant.scope, dependencies } }
  const person = { supplier, plants: [here], roles: ['vendor'] } as unknown as Person
  const actor = { person, mfa: [], source: null } as unknown as Actor
  const standing = listedIn(bundle, []).map((each) => ({
    ...each,
    seen: { ...unseen(each.id, each.key, 0), state: 'degraded' as const },
  }))
  const parts = [{ part: 'clock', state: 'working', since: 0, text: 'right' } as const]
  return healthView({ parts, dependencies: standing, carriers, bundle, now: 1 }, actor)
}

describe('what works, as a person of a supplier reads it', () => {
  it('names no other supplier, and says that nothing follows where it is kept from others only', () => {
    const view = seenBy(mine, [declared('directory', [others])])
    expect(view.newSessions).toBe('open')
    expect(view.dependencies).toMatchObject([{ effect: 'note', means: ['Nothing follows: it is only noted.'] }])
    const both = seenBy(mine, [declared('directory', [others, mine])])
    expect(both.newSessions).toBe('some')
    expect(JSON.stringify(both)).not.toContain(others)
    expect(JSON.stringify(seenBy(null, [declared('directory', [others])]))).toContain(others)
  })

  it('names no plant that it does not work for', () => {
    for (const supplier of [mine, null])
      expect(seenBy(supplier, [declared('directory', [])]).dependencies[0]?.plants).toHaveLength(1)
  })
})

describe('the processes that carry SSH', () => {
  it('are the plant’s own people’s to read, and no supplier’s', () => {
    expect(seenBy(null, []).carriers).toEqual(carriers)
    expect(seenBy(mine, []).carriers).toBeNull()
  })
})

// What conduits cross, and whether they may: the Purdue boundaries between levels, and the one between two plants. A
// boundary nobody declared has no owner who would answer for what passes it (IEC 62443-3-3 SR 5.1, SR 5.2).

import type { BoundaryProfile, Conduit, Scope, Zone } from '../model.ts'
import type { Problems } from './problem.ts'
import type { Reading } from './reading.ts'
import type { Zones } from './zones.ts'

/**
 * The boundary a conduit between two zones crosses: `site` between two plants, or else the lowest between their levels;
 * null when it crosses none. The DMZ (3.5) lies inside `L4-L3`: whatever enters or leaves it crosses that one.
 */
export function boundaryBetween(from: Zone, to: Zone): BoundaryProfile | null {
  if (from.plant !== to.plant) return 'site'
  const [low, high] = from.level < to.level ? [from.level, to.level] : [to.level, from.level]
  if (low === high) return null
  if (low <= 1 && high >= 2) return 'L2-L1'
  if (low <= 2 && high >= 3) return 'L3-L2'
  return low <= 3.5 && high >= 3.5 ? 'L4-L3' : null
}

/**
 * Every boundary that lies between two zones, from the first one's side: what leaves the DMZ for level 2 crosses `L4-L3`
 * and `L3-L2`. Of two plants it is `site`, and no more can be said.
 */
export function boundariesBetween(from: Zone, to: Zone): readonly BoundaryProfile[] {
  if (from.plant !== to.plant) return ['site']
  const [low, high] = from.level < to.level ? [from.level, to.level] : [to.level, from.level]
  if (low === high) return []
  const downward: BoundaryProfile[] = []
  if (low <= 3.5 && high >= 3.5) downward.push('L4-L3')
  if (low <= 2 && high >= 3) downward.push('L3-L2')
  if (low <= 1 && high >= 2) downward.push('L2-L1')
  return from.level > to.level ? downward : downward.toReversed()
}

/**
 * Would a conduit opened from one zone towards another reach down into control (level 2 or above to level 1 or below)?
 * Nothing goes that way, whoever approves, also between two plants.
 */
export function reachesDown(from: Zone, to: Zone): boolean {
  return from.level >= 2 && to.level <= 1
}

export function checkCrossings(scope: Scope, declared: Zones, reading: Reading): void {
  checkGateways(scope, declared.zones, reading.problems)
  const zones = new Map(declared.zones.map((zone) => [zone.id, zone]))
  const plants = new Set(scope.plants.map((plant) => plant.id))
  const boundaries = new Set(declared.boundaries.map(({ profile, plant }) => `${profile} of ${plant}`))
  for (const conduit of declared.conduits) {
    const [from, to] = [zones.get(conduit.from), zones.get(conduit.to)]
    // What is declared nowhere has been reported; nothing can be said of where it lies.
    if (from === undefined || to === undefined || !plants.has(from.plant) || !plants.has(to.plant)) continue
    if (from === to && !from.gateway) {
      const why = "a conduit joins two zones, or serves the gateway's own"
      reading.problems.report(reading.at(conduit, 'to'), `expected another zone than \`${from.id}\`: ${why}`)
    }
    const profile = boundaryBetween(from, to)
    for (const plant of new Set(profile === null ? [] : [from.plant, to.plant])) {
      if (boundaries.has(`${profile} of ${plant}`)) continue
      reading.problems.report(
        reading.at(conduit, 'to'),
        `crosses boundary \`${profile}\` of plant \`${plant}\`, which is not declared: add it to \`boundaries\` with owner and reason`,
      )
    }
    checkDirection(conduit, from, to, reading)
    checkSpan(conduit, from, to, reading)
  }
}

/** No session spans more than one boundary without a hop: where one does, the plant says why, or nothing goes that way. */
function checkSpan(conduit: Conduit, from: Zone, to: Zone, reading: Reading): void {
  const crossed = boundariesBetween(from, to)
  if (crossed.length <= 1) {
    if (conduit.spans !== null)
      reading.warnings.report(
        reading.at(conduit, 'spans'),
        `says why it crosses several boundaries, and it crosses ${crossed[0] ?? 'none'}: leave it out`,
      )
  } else if (conduit.spans === null && (from.gateway || (to.gateway && conduit.direction === 'both'))) {
    reading.warnings.report(
      reading.at(conduit, 'to'),
      `crosses ${crossed.join(' and ')} without a hop between them, so no session is let through: lead it by way of a zone in between, or write in \`spans\` why the plant accepts that`,
    )
  }
}

function checkDirection(conduit: Conduit, from: Zone, to: Zone, reading: Reading): void {
  const show = (a: Zone, b: Zone): string => `from level ${a.level} (\`${a.id}\`) to level ${b.level} (\`${b.id}\`)`
  const rule = 'nothing goes down into control across `L2-L1`, whoever approves'
  if (reachesDown(from, to)) {
    reading.problems.report(
      reading.at(conduit, 'to'),
      `leads ${show(from, to)}: ${rule}: turn it round, or leave it out`,
    )
  } else if (conduit.direction === 'both' && reachesDown(to, from)) {
    const instead = 'write `direction: forward`'
    reading.problems.report(reading.at(conduit, 'direction'), `may be opened ${show(to, from)}: ${rule}: ${instead}`)
  }
}

/** One gateway zone a plant: with two, nobody could say which crossing a session takes. */
function checkGateways(scope: Scope, zones: readonly Zone[], problems: Problems): void {
  const included = new Set(scope.include.map((rule) => rule.plant))
  const at = { file: 'zones.yaml', path: 'zones', line: null }
  for (const plant of scope.plants) {
    const gateways = zones.filter((zone) => zone.plant === plant.id && zone.gateway)
    const expected = `plant \`${plant.id}\`: expected one zone with \`gateway: true\``
    if (gateways.length > 1) {
      problems.report(at, `${expected}, got ${gateways.map((zone) => `\`${zone.id}\``).join(' and ')}`)
    }
    if (gateways.length === 0 && included.has(plant.id)) {
      problems.report(at, `${expected}, got none: nothing in it could be reached`)
    }
  }
}

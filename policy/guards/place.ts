// Invariants about the target: scope, phase, safety, presence on site, and where a connection to it comes from.

import { quote } from '../ids.ts'
import { endpointOf } from '../model.ts'
import type { GuardRule } from '../rules.ts'
import type { Situation } from '../situation.ts'
import { finding, type Finding, type Guard } from './guard.ts'

export const placeGuards = {
  'scope-out': {
    controls: ['GW-SCP-01'],
    check: ({ asset, scope, isScopeHeld }) =>
      scope.kind === 'out'
        ? finding(`asset ${quote(asset.id)} is outside the scope: ${scope.reason}`, 'scope', nextForScope(isScopeHeld))
        : null,
  },
  'scope-undetermined': {
    controls: ['GW-SCP-01'],
    check: ({ asset, scope, isScopeHeld }) =>
      scope.kind === 'undetermined'
        ? finding(
            `asset ${quote(asset.id)} is matched by no scope rule: nothing is reachable before the scope says in or out`,
            'scope',
            nextForScope(isScopeHeld),
          )
        : null,
  },
  'phase-closed': { controls: ['GW-SCP-01'], check: phase },
  'sis-unreachable': { controls: ['GW-SAF-01'], check: safetySystem },
  'protocol-not-offered': {
    controls: ['GW-NET-04'],
    check: ({ asset, protocol }) =>
      asset.endpoints.some((endpoint) => endpoint.protocol === protocol)
        ? null
        : finding(
            `asset ${quote(asset.id)} declares no endpoint for ${quote(protocol)}`,
            'protocol',
            `its owner, ${asset.owner}, has to declare one`,
          ),
  },
  'legacy-over': { controls: ['GW-NET-04', 'GW-RAC-02'], check: legacyOver },
  'local-presence': {
    controls: ['GW-ACC-02'],
    check: (situation) => (needsPresenceByCode(situation) ? absence(situation) : null),
  },
  'local-enable': { controls: ['GW-SAF-01'], check: keySwitch },
  'drill-only': { controls: ['GW-SAF-01'], check: drillOnly },
  'place-not-allowed': {
    controls: ['GW-ACC-01'],
    check: ({ asset, place }) => {
      switch (place.kind) {
        case 'not-asked':
        case 'allowed':
          return null
        case 'unknown':
          return finding(
            `asset ${quote(asset.id)} is controlled, and the address you come from is in no declared place`,
            'place',
            'connect from a declared place, or have this one declared in the scope',
          )
        case 'elsewhere':
          return finding(
            `label ${quote(place.label)} of asset ${quote(asset.id)} is not allowed from ${place.country}, where you come from`,
            'place',
            'connect from a place in a country the label allows',
          )
      }
    },
  },
} as const satisfies Partial<Record<GuardRule, Guard>>

/** Nobody on site vouches for the session: as a finding, or null where somebody does. */
export function absence({ presence, zone }: Situation): Finding | null {
  return presence === null
    ? finding(
        `nobody on site asserts presence in zone ${quote(zone.id)}`,
        'presence',
        'somebody there has to assert presence with the code of its device',
      )
    : null
}

/** Necessary and never sufficient: presence by a person is asked for beside it, and everything else as always. */
function keySwitch({ action, asset, physical, zone }: Situation): Finding | null {
  if (action !== 'connect' || asset.localEnable === null || physical.key !== null) return null
  const silent = physical.silent.find(({ kind }) => kind === 'key-switch')
  return silent === undefined
    ? finding(
        `the key switch of asset ${quote(asset.id)} is off`,
        'presence',
        `somebody on site in zone ${quote(zone.id)} has to turn the key`,
      )
    : finding(
        `nothing is known of the key switch of asset ${quote(asset.id)}: ${quote(silent.id)} is silent`,
        'presence',
        `its system has to report again: ${silent.owner} looks after it`,
      )
}

/** What bears that it is reached in a way that is no longer good enough is over, or has not begun. */
function legacyOver({ action, asset, protocol, exceptions }: Situation): Finding | null {
  const legacy = protocol === 'ssh' ? endpointOf(asset, 'ssh')?.legacy : undefined
  const clear = protocol === 'telnet' ? endpointOf(asset, 'telnet') : null
  if (action === 'connect' && clear !== null && !exceptions.some(({ id }) => id === clear.exception))
    return finding(
      `asset ${quote(asset.id)} is reached in clear text, and exception ${quote(clear.exception)} that bears it is not in force`,
      'exception',
      'its owner has to have the exception renewed, or the asset be reached by SSH',
    )
  if (action !== 'connect' || legacy === undefined || exceptions.some(({ id }) => id === legacy.exception)) return null
  return finding(
    `asset ${quote(asset.id)} is reached with algorithms that are no longer good enough, and exception ${quote(legacy.exception)} that bears it is not in force`,
    'exception',
    'its owner has to have the exception renewed, or the algorithms taken off the endpoint',
  )
}

/** A drill touches nothing real, whatever the rules say; and what is there for drills is nobody's target. */
function drillOnly({ asset, facts }: Situation): Finding | null {
  const isDrill = facts.drill === true
  if (isDrill === asset.drill) return null
  return isDrill
    ? finding(`asset ${quote(asset.id)} is real, and this is a drill`, 'asset', 'drills are for a drill asset only')
    : finding(`asset ${quote(asset.id)} is there for drills only`, 'asset', 'name an asset from the list of assets')
}

function needsPresenceByCode({ action, asset }: Situation): boolean {
  return action === 'connect' && (asset.localPresence || asset.localEnable !== null || asset.safety === 'SIS')
}

function nextForScope(isHeld: boolean): string {
  return isHeld
    ? 'a change of the asset waits for review, and until then the stricter outcome holds'
    : 'the ISMS manager has to propose a change of the scope'
}

function phase({ asset, phase: state }: Situation): Finding | null {
  switch (state.kind) {
    case 'open':
      return null
    case 'none':
      return finding(
        `the type ${quote(asset.type)} of asset ${quote(asset.id)} is in no phase of the scope`,
        'phase',
        'the scope has to say in which phase it becomes a target',
      )
    case 'closed': {
      const { phase: number, plannedFor } = state.phase
      const unmet = state.unmet.map((text) => quote(text)).join(', ')
      return finding(
        `phase ${number} of the scope, for ${quote(asset.type)}, is not open (planned for ${plannedFor})`,
        'phase',
        unmet === '' ? 'somebody has to open it in the scope' : `its criteria have to be met first, such as ${unmet}`,
      )
    }
  }
}

/** IEC 61511-1 clause 8: only by an opt-in of its own, reviewed for safety, and approved by a safety engineer. */
function safetySystem({ asset, phase: state, optIn, use }: Situation): Finding | null {
  if (asset.safety !== 'SIS') return null
  const what = `asset ${quote(asset.id)} is a safety instrumented system`
  if (state.kind !== 'open' || state.phase.phase !== 3) {
    return finding(
      `${what}, reachable only in phase 3 of the scope, and that is not open for it`,
      'phase',
      'phase 3 has to be opened for its type',
    )
  }
  if (use?.tier === 'break-glass') {
    return finding(`${what}, and break-glass never opens one`, 'tier', 'ask in a tier that a safety engineer approves')
  }
  switch (optIn.kind) {
    case 'good':
      return null
    case 'missing':
      return finding(
        `${what} and nobody has opted it in`,
        'safety-review',
        'a safety review has to opt it in, until a day',
      )
    case 'not-yet':
      return finding(`${what}, opted in only from ${optIn.from}`, 'safety-review', 'wait until then')
    case 'over':
      return finding(
        `${what} whose opt-in ended on ${optIn.until}`,
        'safety-review',
        'a safety review has to opt it in anew',
      )
  }
}

// What stands for the declaration of a conduit or interface in the ledger, so that a later change of it is seen. The
// lists are written out: a field that a new release adds is added at the end of one, and only where it is set.

import type { Bundle } from './bundle/bundle.ts'
import { digestOf } from './digest.ts'
import type { ZoneId } from './ids.ts'
import type { Conduit, InterfaceEnd, PlantInterface } from './model.ts'
import { scopeOf } from './scope.ts'

/** Reckoned once a bundle: many conduits end in the same few zones, and each may have a hundred thousand assets. */
const zonesInScope = new WeakMap<Bundle, Map<ZoneId, boolean>>()

function isZoneInScope(zone: ZoneId, bundle: Bundle): boolean {
  const known = zonesInScope.get(bundle) ?? new Map<ZoneId, boolean>()
  zonesInScope.set(bundle, known)
  const before = known.get(zone)
  if (before !== undefined) return before
  const found = (bundle.assetsByZone.get(zone) ?? []).some((asset) => scopeOf(asset, bundle).kind === 'in')
  known.set(zone, found)
  return found
}

/** Does anything in scope stand at either end of it? */
export function isConduitInScope({ from, to }: Conduit, bundle: Bundle): boolean {
  return isZoneInScope(from, bundle) || isZoneInScope(to, bundle)
}

const orNone = (text: string | null): string => (text === null ? '0' : `1${text}`)

/** SHA-256 (hex) over a conduit as declared, and whether it leads to what is in scope. */
export function conduitDigest(each: Conduit, bundle: Bundle): string {
  const { id, from, to, direction, protocols, operationClass, owner, reason, reviewBy, payloads, spans } = each
  return digestOf([
    'sallyport.conduit.v1',
    id,
    from,
    to,
    direction,
    protocols.join(' '),
    operationClass,
    orNone(owner),
    reason,
    reviewBy,
    payloads === null ? '0' : `1${payloads.join('\n')}`,
    String(isConduitInScope(each, bundle)),
    ...(spans === null ? [] : [`spans ${spans}`]),
  ])
}

/** SHA-256 (hex) over an interface as declared, and the days of the exception it is borne under. */
export function interfaceDigest(each: PlantInterface, { register }: Bundle): string {
  const { id, name, type, direction, payloads, owner, reason, change, reviewBy, state, conduits, supplier } = each
  const end = (of: InterfaceEnd): string => `${of.kind} ${of.kind === 'outside' ? of.name : of.id}`
  const named = state.kind === 'excepted' ? state.exception : null
  const exception = register.exceptions.find((one) => one.id === named)
  return digestOf([
    'sallyport.interface.v1',
    id,
    name,
    type,
    end(each.from),
    end(each.to),
    direction,
    payloads.join('\n'),
    orNone(owner),
    reason,
    change,
    reviewBy,
    state.kind,
    state.kind === 'remove-by' ? state.day : orNone(named),
    exception === undefined ? '' : `${exception.from} ${exception.until}`,
    conduits.join(' '),
    orNone(supplier),
  ])
}

// What decides: the bundle in force with how it changes, the facts that stand beside it, and the door.

import type { Bundle, World } from '../../policy/index.ts'
import { openDoor, type Door } from '../access/authorize.ts'
import { openBundleParser } from '../access/bundle-parser.ts'
import { openShelf, type Shelf } from '../access/bundle-shelf.ts'
import { openInForce, type InForce } from '../access/bundles.ts'
import { openScopeReview, type ScopeReview } from '../access/scope-changes.ts'
import { openStanding, type Standing } from '../access/standing.ts'
import { inProcessBus, type Bus } from '../bus/bus.ts'
import { usesOf } from '../dependencies/configured.ts'
import { openProbe } from '../dependencies/probe.ts'
import { targetsOf } from '../dependencies/targets.ts'
import { openDependencies, type DependencyWatcher } from '../dependencies/watch.ts'
import { openVault, type Vault } from '../identity/vault.ts'
import type { Ground } from './ground.ts'
import type { LedgerStep } from './ledger.ts'

export interface RulesStep {
  readonly bus: Bus
  readonly shelf: Shelf
  readonly scopeReview: ScopeReview
  readonly inForce: InForce
  readonly bundle: () => Bundle
  readonly dependencies: DependencyWatcher
  readonly vault: Vault
  readonly standing: Standing
  readonly world: () => World
  readonly door: Door
}

export async function openRules(ground: Ground, { store, uses }: LedgerStep): Promise<RulesStep> {
  const { config, clock, log, undo, material } = ground
  const { outgoing, witnesses, timeAuthorities, s3 } = material
  const bus = inProcessBus()
  const bundleParser = openBundleParser()
  undo.push(() => bundleParser.close())
  const shelf = openShelf(bundleParser.read)
  const scopeReview = await openScopeReview({ store, bus, clock })
  const inForce = await openInForce({ store, shelf, bus, clock, log, scope: scopeReview, folder: material.bundle })
  const { bundle } = inForce
  const dependencies = await openDependencies({
    store,
    bundle,
    bus,
    clock,
    log,
    probe: openProbe({ targetAt: targetsOf(bundle), ca: outgoing.ca }),
    uses,
    configured: usesOf({
      outgoing,
      witnesses: witnesses.length,
      timeAuthorities: timeAuthorities.length,
      s3,
      clamd: config.airlock.clamd,
    }),
    random: Math.random,
  })
  const vault = openVault(ground.vaultKey)
  const standing = await openStanding({
    store,
    clock,
    bundle,
    bus,
    vault,
    log,
    heldScope: scopeReview.held,
    unavailable: dependencies.unavailable,
  })
  const world = standing.world.now
  return {
    bus,
    shelf,
    scopeReview,
    inForce,
    bundle,
    dependencies,
    vault,
    standing,
    world,
    door: openDoor(bundle, clock, world),
  }
}

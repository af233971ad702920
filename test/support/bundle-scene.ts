// What the life of bundles stands on, in memory: the small bundle in force from its folder, three people who may change
// it, a safety engineer, a vendor, and what was signalled. `restart` is another gateway on the same store.

import type { ReadFiles } from '../../gateway/access/bundle-parser.ts'
import { openShelf, type Shelf } from '../../gateway/access/bundle-shelf.ts'
import { openInForce, type InForce } from '../../gateway/access/bundles.ts'
import { openDoor, type Actor, type Door } from '../../gateway/access/authorize.ts'
import type { BundleLife } from '../../gateway/access/bundle-life.ts'
import { openBundleLife } from '../../gateway/access/proposals.ts'
import { openScopeReview, type ScopeReview } from '../../gateway/access/scope-changes.ts'
import { inProcessBus, type Signal } from '../../gateway/bus/bus.ts'
import { mint } from '../../gateway/clock.ts'
import { enrol } from '../../gateway/identity/enrol.ts'
import { openLog } from '../../gateway/log.ts'
import {
  parseBundle,
  quietWorld,
  showProblem,
  type AssetId,
  type Grant,
  type PlantId,
  type ProposalId,
  type RequestId,
  type World,
} from '../../policy/index.ts'
import { smallFiles } from '../policy/bundle/small-bundle.ts'
import { openBase, type Base } from './memory-store.ts'

export type Files = ReadonlyMap<string, string>
export type Changes = Readonly<Record<string, (text: string) => string>>

/** The small bundle's files, each passed through the changes given for it; one that changes nothing is a slip. */
export function filesWith(changes: Changes): Files {
  const files = smallFiles()
  for (const [file, change] of Object.entries(changes)) {
    const text = files.get(file) ?? ''
    if (change(text) === text) throw new Error(`the change of ${file} changes nothing`)
    files.set(file, change(text))
  }
  return files
}

export interface BundleScene extends Base {
  readonly shelf: Shelf
  readonly inForce: InForce
  readonly life: BundleLife
  readonly scope: ScopeReview
  readonly door: Door
  readonly world: () => World
  readonly signals: Signal[]
  readonly people: Readonly<Record<'proposer' | 'activator' | 'third' | 'safety' | 'vendor', Actor>>
  /** An open grant of the vendor's, as an approval leaves it. */
  grant(asset: string, minutes?: number): Promise<Grant>
  /** A safety engineer's yes, where the proposal needs one before it is activated. */
  reviewSafety(proposal: ProposalId): Promise<void>
  /** Another gateway on the same store, with another folder where one is given. */
  restart(folder?: Files): Promise<BundleScene>
}

/** @param read how the files of proposals are read; in place, unless said otherwise. */
export async function openBundleScene(read?: ReadFiles): Promise<BundleScene> {
  const base = await openBase()
  const person = async (login: string, roles: string[], supplier: string | null): Promise<Actor> => {
    const account = { login, displayName: login, roles, supplier, plants: ['north'], password: null, keys: [] }
    const given = { ...account, oversight: 'all' } as const
    const enrolled = await enrol(base, given)
    if (enrolled.kind === 'invalid') throw new Error(enrolled.problems.join('; '))
    return { person: enrolled.person, mfa: ['totp'], source: null }
  }
  const people = {
    proposer: await person('proposer', ['isms-manager'], null),
    activator: await person('activator', ['admin'], null),
    third: await person('third', ['isms-manager'], null),
    safety: await person('safety', ['safety-engineer'], null),
    vendor: await person('vendor', ['vendor'], 'acme-drives'),
  }
  return start(base, people, smallFiles(), read)
}

async function start(base: Base, people: BundleScene['people'], files: Files, read?: ReadFiles): Promise<BundleScene> {
  const { store, clock } = base
  const parsed = parseBundle(files)
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(showProblem).join('\n'))
  const bus = inProcessBus()
  const signals: Signal[] = []
  bus.subscribe((signal) => signals.push(signal))
  const shelf = openShelf(read)
  const scope = await openScopeReview({ store, bus, clock })
  const folder = { kind: 'ok', bundle: parsed.bundle, files, warnings: parsed.warnings } as const
  const inForce = await openInForce({ store, shelf, bus, clock, log: openLog('silent'), scope, folder })
  await inForce.settle()
  const world = (): World => ({ ...quietWorld, heldScope: scope.held() })
  const door = openDoor(inForce.bundle, clock, world)
  const life = openBundleLife({ store, inForce, shelf, clock, world })
  return {
    ...base,
    shelf,
    inForce,
    life,
    scope,
    door,
    world,
    signals,
    people,
    restart: (other = files) => start(base, people, other, read),
    async reviewSafety(proposal) {
      const row = await store.proposals.byId(proposal)
      const { safety } = row === null ? { safety: null } : await life.review(row)
      if (safety === null || safety.missing === null) return
      const given = { verdict: 'approved', reference: 'VAL-7', comment: 'response times measured' } as const
      await life.reviewSafety(people.safety, proposal, inForce.bundle().digest, given)
    },
    async grant(asset, minutes = 60) {
      const { id } = people.vendor.person
      const now = clock.now()
      const window = { from: now, until: now + minutes * 60_000 }
      const plant = 'north' as PlantId
      const request: RequestId = mint.request(now)
      const grant: Grant = {
        id: mint.grant(now),
        request,
        person: id,
        asset: asset as AssetId,
        protocol: 'ssh',
        operationClass: 'operate',
        window,
        schedule: { kind: 'whole' },
        tier: 'normal',
        escort: false,
        conditions: '',
        kind: 'open',
      }
      const ask = {
        asset: grant.asset,
        protocol: 'ssh',
        operationClass: 'operate',
        window,
        schedule: { kind: 'whole' },
        tier: 'normal',
        criteria: inForce.bundle().access.tiers.normal.criteria.map(({ id: criterion }) => criterion),
        purpose: 'exchange a drive',
        ticket: 'CHG-1',
        rollback: 'the old drive goes back in',
        files: [],
      } as const
      const terms = { window, operationClass: 'operate', escort: false, conditions: '' } as const
      await store.change(async (tx) => {
        const decision = await door.authorize(tx, people.vendor, { action: 'request', ask }, { request })
        await tx.requests.insert({
          request: {
            id: request,
            set: null,
            by: id,
            ask,
            submittedAt: now,
            kind: 'approved',
            approvals: [],
            grant: grant.id,
          },
          terms,
          plant,
          digest: '',
          decision,
          needs: [],
          ticketState: 'none',
          expiresAt: window.until,
          alarmAt: null,
          alarmedAt: null,
          usedAt: null,
          lapsed: [],
          version: 0,
        })
        await tx.grants.insert({ grant, plant })
      })
      return grant
    },
  }
}

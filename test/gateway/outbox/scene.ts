// A store with people, the demo bundle with a roster the test gives, and requests put in with their evidence: what
// notifications are made of, without the steps that lead there.

import { join } from 'node:path'
import { pino } from 'pino'
import { loadBundle } from '../../../gateway/access/bundles.ts'
import { mint } from '../../../gateway/clock.ts'
import type { Log } from '../../../gateway/log.ts'
import type { Channel, Outgoing, SendOutcome } from '../../../gateway/outbox/channel.ts'
import { subjectOf, textOf } from '../../../gateway/outbox/letter.ts'
import { openApprovalLinks, type ApprovalLinks } from '../../../gateway/outbox/links.ts'
import { openOutbox, type Outbox } from '../../../gateway/outbox/outbox.ts'
import { Secret } from '../../../gateway/secret.ts'
import type { StoredRequest } from '../../../gateway/store/requests.ts'
import {
  firstTerms,
  quietWorld,
  requestDigest,
  type AccessAsk,
  type ApprovalNeed,
  type AssetId,
  type Bundle,
  type Events,
  type EventType,
  type Login,
  type Person,
  type PlantId,
  type RequestId,
  type RequestSetId,
  type Role,
  type Roster,
  type SupplierId,
  type World,
} from '../../../policy/index.ts'
import { openBase, type Base } from '../../support/memory-store.ts'

const hour = 3_600_000
const settings = { retryDays: 3, keepDays: 30, linkHours: 24 }

export interface Scene extends Base {
  readonly links: ApprovalLinks
  readonly log: Log
  /** Another one on the same store, as after a restart. */
  outbox(...channels: Channel[]): Outbox
  bundle: Bundle
  world: World
  person(
    login: string,
    given: Partial<Omit<Person, 'id' | 'login'>> & { readonly email?: string | null },
  ): Promise<Person>
  /** Puts in a request of `by` with its evidence. */
  request(
    by: Person,
    over?: Partial<StoredRequest> & { readonly ask?: Partial<AccessAsk>; readonly set?: RequestSetId },
  ): Promise<StoredRequest>
  /** Writes the request's next state, without any evidence. */
  move(stored: StoredRequest, to: Partial<StoredRequest>): Promise<StoredRequest>
}

/** A way out that keeps what it is given, and answers as the test says. */
export function keepingChannel(
  destination: string,
  answer: (message: Outgoing) => SendOutcome | Promise<SendOutcome> = () => ({ kind: 'delivered' }),
): Channel & { readonly sent: Outgoing[] } {
  const sent: Outgoing[] = []
  return {
    destination,
    sent,
    wants: () => true,
    async send(message) {
      sent.push(message)
      return answer(message)
    },
  }
}

export const duty = (name: string): ApprovalNeed => ({ kind: 'duty', duty: name })
export const role = (name: Role): ApprovalNeed => ({ kind: 'role', role: name })

/** A roster of the north plant whose one shift is every day from `from` to `until`. */
export function roster(dutyName: string, people: readonly string[], over: Partial<Roster> = {}): Roster {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
  return {
    id: `roster-${dutyName}`,
    plant: 'north' as PlantId,
    duty: dutyName,
    shifts: [{ recurrence: { days, from: '00:00', until: '00:00' }, people: people as readonly Login[] }],
    escalateTo: [],
    ...over,
  }
}

/** Read once for a file of tests: what differs between them is laid over it. */
let demo: ReturnType<typeof loadBundle> | null = null

export async function openScene(file = ':memory:'): Promise<Scene> {
  const base = await openBase(file)
  const loaded = await (demo ??= loadBundle(join(import.meta.dirname, '../../../gateway/demo/bundle')))
  if (loaded.kind === 'invalid') throw new Error('the demo bundle is not valid')
  const { store, clock } = base
  const links = openApprovalLinks({ store, clock }, new Secret(new Uint8Array(32).fill(7)))
  const log: Log = pino({ level: 'silent' })
  const asset = [...loaded.bundle.assets.keys()][0] as AssetId
  const scene: Scene = {
    ...base,
    links,
    log,
    bundle: { ...loaded.bundle, calendars: { ...loaded.bundle.calendars, rosters: [] } },
    world: quietWorld,
    outbox: (...channels) =>
      openOutbox({
        store,
        clock,
        log,
        links,
        channels,
        settings,
        bundle: () => scene.bundle,
        world: () => scene.world,
        random: () => 0,
      }),
    async person(login, { email = `${login}@plant.example`, ...given }) {
      const person: Person = {
        id: mint.person(clock.now()),
        login: login as Login,
        displayName: login,
        roles: ['approver'],
        supplier: null,
        plants: ['north' as PlantId],
        disabled: false,
        ...given,
      }
      const passwordHash = new Secret('none')
      await store.people.insert({ person, passwordHash, totpSealed: new Uint8Array(1), createdAt: clock.now(), email })
      return person
    },
    async request(by, { ask: given = {}, set = null, ...over } = {}) {
      const now = clock.now()
      const ask: AccessAsk = {
        asset,
        protocol: 'ssh',
        operationClass: 'operate',
        window: { from: now, until: now + 4 * hour },
        schedule: { kind: 'whole' },
        tier: 'normal',
        criteria: [],
        purpose: 'exchange the secret drive',
        ticket: '',
        rollback: '',
        files: [],
        ...given,
      }
      const id: RequestId = mint.request(now)
      const terms = firstTerms(ask)
      const request = { id, set, by: by.id, ask, submittedAt: now, kind: 'submitted', approvals: [], terms } as const
      const stored: StoredRequest = {
        request,
        terms,
        plant: 'north' as PlantId,
        digest: requestDigest(request),
        decision: {
          kind: 'permit',
          obligations: [{ kind: 'record' }],
          reasons: [],
          exceptions: [],
          acceptedRisks: [],
          watched: [],
          leansOn: [],
          unavailable: [],
          bundle: scene.bundle.digest,
          scopeVersion: '1',
          scope: { kind: 'undetermined' },
        },
        needs: [],
        ticketState: 'none',
        expiresAt: now + 24 * hour,
        alarmAt: null,
        alarmedAt: null,
        usedAt: null,
        lapsed: [],
        version: 0,
        ...over,
      }
      await store.change(async (tx) => {
        await tx.requests.insert(stored)
        await tx.ledger.append('request.submitted', now, {
          request: id,
          set,
          person: by.id,
          supplier: by.supplier,
          asset: ask.asset,
          plant: stored.plant,
          protocol: ask.protocol,
          operationClass: ask.operationClass,
          window: ask.window,
          schedule: ask.schedule,
          tier: ask.tier,
          criteria: [],
          purpose: await tx.ledger.commit(ask.purpose),
          ticket: null,
          rollback: null,
          files: [],
          needs: stored.needs,
          answerBy: stored.expiresAt,
          digest: stored.digest,
        })
      })
      return (await store.requests.byId(id)) ?? stored
    },
    async move(stored, to) {
      if (!(await store.requests.update({ ...stored, ...to }, clock.now()))) throw new Error('the request moved on')
      const moved = await store.requests.byId(stored.request.id)
      if (moved === null) throw new Error('the request is gone')
      return moved
    },
  }
  return scene
}

export const vendorOf = (supplier: string): { roles: Role[]; supplier: SupplierId } => ({
  roles: ['vendor'],
  supplier: supplier as SupplierId,
})

/** Who reads which subject by mail, and all texts, after this has happened. */
export async function lettersAfter<T extends EventType>(scene: Scene, type: T, data: Events[T]) {
  await scene.store.change((tx) => tx.ledger.append(type, scene.clock.at, data))
  const mail = keepingChannel('mail')
  const outbox = scene.outbox(mail)
  await outbox.expand()
  await outbox.deliver()
  const letters = mail.sent.flatMap(({ mail: sent }) => (sent ? [sent] : []))
  const text = letters.map(({ letter }) => textOf(letter, 'https://gateway.example')).join('\n')
  return { text, subjects: Object.fromEntries(letters.map(({ to, letter }) => [to.split('@')[0], subjectOf(letter)])) }
}

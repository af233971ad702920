// Releases of the gateway itself (ISO/IEC 27001:2022 A.8.32, IEC 62443-2-4 SP.03): each start that finds another version,
// other program files or another configuration begins one. It rests on four records (the change, its impact, a test, the way
// back) that one person gives and another looks at. Nothing is held up by one that is missing: the gateway is the way in, and
// availability comes first. It is told, shown, and found fault with (GW-CFG-01).

import { overseesAll, type Events, type PersonId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import type { Clock } from '../clock.ts'
import { GatewayError, type ProblemCode } from '../errors.ts'
import type { PlatformRelease } from '../store/platform-releases.ts'
import type { Store, Tx } from '../store/store.ts'

export interface GivenRecords {
  readonly change: string
  readonly impact: string
  readonly test: string
  readonly rollback: string
}

export interface GivenReleaseVerdict {
  readonly verdict: 'approved' | 'sent-back'
  /** Entry of the records that were looked at. */
  readonly record: number
  readonly comment: string
}

/** Who answers for the gateway. */
export const platformHands = ['admin', 'isms-manager'] as const

type Step = Events['platform.step_refused']['step']
type Code = Events['platform.step_refused']['code']

const problemOf: Readonly<Record<Code, ProblemCode>> = {
  'role-missing': 'role-missing',
  'own-record': 'policy-denied',
  'nothing-recorded': 'state-conflict',
  'record-outdated': 'state-conflict',
  'already-released': 'state-conflict',
  'no-such-release': 'not-found',
}

const textOf: Readonly<Record<Code, string>> = {
  'role-missing':
    'releases of the gateway are recorded and approved by an admin or isms-manager who looks over all plants',
  'own-record': 'who recorded what a release rests on does not approve it: another person has to',
  'nothing-recorded': 'nothing was recorded for this release yet: `platform record` gives what it rests on',
  'record-outdated': 'other records were given since you read them: read it again',
  'already-released': 'this release was approved already',
  'no-such-release': 'no release of the gateway was found by that entry: `platform list` shows them',
}

export interface ReleasesOfGateway {
  /**
   * Gives what a release rests on, in place of what was given before.
   * @throws GatewayError when it is not theirs to give, or the release was approved.
   */
  record(actor: Actor, entry: number, given: GivenRecords): Promise<PlatformRelease>
  /** @throws GatewayError when it is not theirs to judge, or other records stand there than they read. */
  judge(actor: Actor, entry: number, given: GivenReleaseVerdict): Promise<PlatformRelease>
}

export function openReleasesOfGateway({
  store,
  clock,
}: {
  readonly store: Store
  readonly clock: Clock
}): ReleasesOfGateway {
  /** Runs one step whole. What `refused` finds is kept as evidence, and thrown. */
  async function step(
    name: Step,
    { person }: Actor,
    entry: number,
    refused: (release: PlatformRelease) => Code | null,
    work: (tx: Tx, now: number, by: PersonId) => Promise<void>,
  ): Promise<PlatformRelease> {
    const isHand = overseesAll(person, platformHands)
    const found = await store.change(async (tx) => {
      const now = clock.now()
      const release = await tx.platformReleases.byEntry(entry)
      const code = !isHand ? 'role-missing' : release === null ? 'no-such-release' : refused(release)
      if (code === null) {
        await work(tx, now, person.id)
        return { release: await tx.platformReleases.byEntry(entry) }
      }
      const refusal = { release: release?.entry ?? null, person: person.id, step: name, code }
      await tx.ledger.append('platform.step_refused', now, refusal)
      return { code }
    })
    if (found.code !== undefined) throw new GatewayError(problemOf[found.code], textOf[found.code])
    if (found.release === null) throw new Error(`release ${entry}: gone within its own change`)
    return found.release
  }

  return {
    record: (actor, entry, given) =>
      step(
        'record',
        actor,
        entry,
        ({ verdict }) => (verdict?.verdict === 'approved' ? 'already-released' : null),
        async ({ ledger, platformReleases }, at, by) => {
          const recorded = await ledger.append('platform.release_recorded', at, {
            release: entry,
            by,
            change: await ledger.commit(given.change),
            impact: await ledger.commit(given.impact),
            test: await ledger.commit(given.test),
            rollback: await ledger.commit(given.rollback),
          })
          await platformReleases.record(entry, { entry: recorded, by, at, ...given })
        },
      ),
    judge: (actor, entry, { verdict, record, comment }) =>
      step(
        verdict === 'approved' ? 'approve' : 'send-back',
        actor,
        entry,
        (release) => {
          if (release.verdict?.verdict === 'approved') return 'already-released'
          if (release.record === null) return 'nothing-recorded'
          if (release.record.entry !== record) return 'record-outdated'
          return release.record.by === actor.person.id ? 'own-record' : null
        },
        async ({ ledger, platformReleases }, at, by) => {
          const type = verdict === 'approved' ? 'platform.release_approved' : 'platform.release_sent_back'
          const said = { release: entry, record, by, comment: await ledger.commit(comment) }
          const index = await ledger.append(type, at, said)
          await platformReleases.judge(entry, { verdict, entry: index, by, at, comment })
        },
      ),
  }
}

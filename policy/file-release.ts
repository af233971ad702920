// What becomes of a file that was taken in whole: let go, kept back for a person, or refused; and which person lets it go.
// What the rules say of a path is files.ts's; taking files in, and asking for verdicts, is the gateway's.

import type { PlantId } from './ids.ts'
import type { FileCrossing, Person, Role, WithoutVerdict } from './model.ts'
import { conflictBetween } from './quorum.ts'

/** What a scanner said of a file. `none`: nothing that counts. */
export const malwareVerdicts = ['clean', 'infected', 'none'] as const
export type MalwareVerdict = (typeof malwareVerdicts)[number]

/** Why a file waits for a person. */
export const fileHoldReasons = ['needs-release', 'no-verdict'] as const
export type FileHoldReason = (typeof fileHoldReasons)[number]

/** Why a file was let go. */
export const fileReleaseReasons = ['clean', 'declared', 'released-before', 'passes-without-verdict', 'person'] as const
export type FileReleaseReason = (typeof fileReleaseReasons)[number]

/** Why a file was refused: by the rules, for want of room, by a person, or because nobody answered in time. */
export const fileBlockReasons = [
  'infected',
  'not-declared',
  'no-verdict',
  'nobody-may-release',
  'too-many-waiting',
  'too-large',
  'no-room',
  'fault',
  'person',
  'unanswered',
] as const
export type FileBlockReason = (typeof fileBlockReasons)[number]

export type FileOutcome =
  | { readonly kind: 'release'; readonly because: Exclude<FileReleaseReason, 'person'> }
  | { readonly kind: 'hold'; readonly because: FileHoldReason }
  | {
      readonly kind: 'block'
      readonly because: Extract<
        FileBlockReason,
        'infected' | 'not-declared' | 'no-verdict' | 'nobody-may-release' | 'too-many-waiting'
      >
    }

/** What the rules want of the file. */
export interface FileDemand {
  readonly crossing: FileCrossing
  readonly withoutVerdict: WithoutVerdict
  readonly releasedBy: readonly Role[]
  readonly declaredOnly: boolean
}

/** What is known of it. */
export interface FileFindings {
  /** Towards the asset? Only what is brought can have been declared. */
  readonly isBrought: boolean
  readonly verdict: MalwareVerdict
  /** Does its digest stand in the request? */
  readonly isDeclared: boolean
  /** Has a person let go of the same content, for the same path of the same asset and in the same grant? */
  readonly wasReleased: boolean
  /** Do so many files of who carries it wait for a person already that not one more may? */
  readonly isOneTooMany: boolean
}

/**
 * What becomes of it. Malware is never let go, by nobody; what was not declared and has to be, neither. A person's release
 * of the same content stands for the person and for the verdict that was not to be had.
 */
export function fileOutcome(
  demand: FileDemand,
  { isBrought, verdict, isDeclared, wasReleased, isOneTooMany }: FileFindings,
): FileOutcome {
  if (verdict === 'infected') return { kind: 'block', because: 'infected' }
  if (demand.declaredOnly && isBrought && !isDeclared) return { kind: 'block', because: 'not-declared' }
  const hold = (because: FileHoldReason): FileOutcome => {
    if (demand.releasedBy.length === 0) return { kind: 'block', because: 'nobody-may-release' }
    return isOneTooMany ? { kind: 'block', because: 'too-many-waiting' } : { kind: 'hold', because }
  }
  if (verdict === 'none' && demand.withoutVerdict === 'refuse') return { kind: 'block', because: 'no-verdict' }
  if (wasReleased) return { kind: 'release', because: 'released-before' }
  if (verdict === 'none' && demand.withoutVerdict === 'hold') return hold('no-verdict')
  const needsPerson = demand.crossing === 'release'
  if (needsPerson && !(isBrought && isDeclared)) return hold('needs-release')
  if (needsPerson) return { kind: 'release', because: 'declared' }
  return { kind: 'release', because: verdict === 'clean' ? 'clean' : 'passes-without-verdict' }
}

/** Why somebody may not let a file go, or refuse it. */
export const fileReleaseFaults = ['own-file', 'own-supplier', 'role-missing', 'account-disabled'] as const
export type FileReleaseFault = (typeof fileReleaseFaults)[number]

/**
 * May this person decide on a file of that one's? They need one of the roles, for the plant, and are neither who carries
 * it nor answer for the machine that does, nor work for the same supplier. Nobody of a supplier decides for a plant.
 */
export function fileReleaseFault(
  person: Person,
  sender: Person,
  { plant, releasedBy }: { readonly plant: PlantId; readonly releasedBy: readonly Role[] },
): FileReleaseFault | null {
  if (person.disabled) return 'account-disabled'
  const conflict = conflictBetween(sender, person)
  if (conflict !== null) return conflict.code === 'own-supplier' ? 'own-supplier' : 'own-file'
  const holdsRole = person.roles.some((role) => role !== 'vendor' && releasedBy.includes(role))
  return person.supplier === null && person.plants.includes(plant) && holdsRole ? null : 'role-missing'
}

// What may cross a session beside keystrokes: the features of an SSH endpoint, and which files, in which way. What a
// rule comes to on one path is files.ts's; who takes files apart and holds them back is the gateway's.

import type { Role } from './people.ts'
import type { DeclaredFile } from './requests.ts'

/**
 * What an SSH endpoint is open for (NERC CIP-007-6 R1.1, control GW-NET-04). `terminal`: shells; `command`: any command
 * line; `sftp`, `scp`, `rsync`, `git`: files, by these programs; `forward`: streams to ports of the asset itself.
 */
export const sshFeatures = ['terminal', 'command', 'sftp', 'scp', 'rsync', 'git', 'forward'] as const
export type SshFeature = (typeof sshFeatures)[number]

/** What holds where an endpoint names none: what there was before files could cross. */
export const standardFeatures: readonly SshFeature[] = ['terminal', 'command']

/** What may be set in the environment where an endpoint names nothing: the language of what is answered. */
export const standardEnvironment: readonly string[] = ['LANG', 'LC_*']

/** What can be done to a path, each switched by itself. `list`: names and attributes. `setstat`: modes, owners, times. */
export const fileSwitches = ['list', 'read', 'write', 'delete', 'rename', 'mkdir', 'setstat', 'symlink'] as const
export type FileSwitch = (typeof fileSwitches)[number]
/** Those that change nothing on the target: all that access of class `observe` has. */
export const lookingSwitches: readonly FileSwitch[] = ['list', 'read']

/**
 * How content crosses, the strictest last. `pass`: as it comes, with its digest. `scan`: taken in whole, and let go when
 * the verdict is good. `release`: as `scan`, and a person lets it go, unless the request declared its digest.
 */
export const fileCrossings = ['pass', 'scan', 'release'] as const
export type FileCrossing = (typeof fileCrossings)[number]

/** What holds while no verdict is to be had, the strictest last. */
export const withoutVerdict = ['pass', 'hold', 'refuse'] as const
export type WithoutVerdict = (typeof withoutVerdict)[number]

/** One rule of files.yaml. What it is about, and on which paths; then what may be done there, and how content crosses. */
export interface FileRule {
  readonly id: string
  readonly text: string
  readonly plants?: readonly string[]
  readonly assets?: readonly string[]
  readonly types?: readonly string[]
  readonly labels?: readonly string[]
  readonly suppliers?: readonly string[]
  /** Absolute paths of the target, with `*` inside a name, `**` for any number of names. Never empty. */
  readonly paths: readonly string[]
  readonly allow: readonly FileSwitch[]
  /** Wins over `allow` of every rule. */
  readonly deny: readonly FileSwitch[]
  /** Towards the asset, and away from it. */
  readonly upload: FileCrossing
  readonly download: FileCrossing
  readonly withoutVerdict: WithoutVerdict
  /** Who lets a file go where a person has to; one of them. */
  readonly releasedBy: readonly Role[]
  /** Must the digest of what is brought stand in the request? What does not is refused. */
  readonly declaredOnly: boolean
  /** Bytes of the largest file. */
  readonly largest: number
  /** Class of handling.yaml its content is kept by; null: the class of the session's recording. */
  readonly retention: string | null
}

/** What a request asks, and a grant gives, of files. */
export interface FileTerms {
  readonly allow: readonly FileSwitch[]
  /** As the paths of a rule. Never empty. */
  readonly paths: readonly string[]
}

/** What of files holds in one session: the rules about it, what its grant gives, and what its request declared. */
export interface FilePermission {
  /** Null: no file may cross. */
  readonly granted: FileTerms | null
  /** What has to allow it as well: of a machine account what access.yaml gives it. Absent: nothing. */
  readonly within?: FileTerms
  readonly rules: readonly FileRule[]
  readonly declared: readonly DeclaredFile[]
}

/** What holds for one thing done to one path: the strictest of every rule that allows it. */
export type FileVerdict =
  | {
      readonly kind: 'allowed'
      readonly rules: readonly string[]
      readonly crossing: FileCrossing
      readonly withoutVerdict: WithoutVerdict
      readonly releasedBy: readonly Role[]
      readonly declaredOnly: boolean
      readonly largest: number
      readonly retention: readonly string[]
    }
  /** `text`: one clause, for who tries. */
  | { readonly kind: 'refused'; readonly rule: string | null; readonly text: string }

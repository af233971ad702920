// What may cross in one living session beside keystrokes: the features of its endpoint and the files, by the bundle in
// force at the moment of asking, by its grant, and by what may be done in it now.

import {
  endpointOf,
  featuresOf,
  filePermissionOf,
  type Bundle,
  type DeclaredFile,
  type FilePermission,
  type Grant,
  type Person,
  type SshFeature,
} from '../../policy/index.ts'
import type { LiveSession } from './session.ts'

export interface Crossing {
  features(): readonly SshFeature[]
  files(): FilePermission
}

export function openCrossing(
  session: Pick<LiveSession, 'facts' | 'onlyLooks' | 'standing'>,
  person: Person,
  grant: Grant,
  /** By the request the grant came of. */
  declared: readonly DeclaredFile[],
  bundle: () => Bundle,
): Crossing {
  /** Where nothing may be typed, nothing may be changed by files either. */
  const looks = (): boolean => session.onlyLooks || session.standing === 'observing' || session.standing === 'paused'
  /** What came of it last: each packet of a transfer asks again. */
  let last: { readonly by: Bundle; readonly looking: boolean; readonly permission: FilePermission } | null = null

  return {
    features() {
      const asset = bundle().assets.get(session.facts.asset)
      const endpoint = asset ? endpointOf(asset, 'ssh') : null
      return endpoint ? featuresOf(endpoint, { isMachine: person.machine !== undefined, looks: looks() }) : []
    },
    files() {
      const [by, looking] = [bundle(), looks()]
      if (last?.by === by && last.looking === looking) return last.permission
      const asset = by.assets.get(session.facts.asset)
      const permission: FilePermission = asset
        ? filePermissionOf(by, asset, person, grant, declared, looking)
        : { granted: null, rules: [], declared }
      last = { by, looking, permission }
      return permission
    },
  }
}

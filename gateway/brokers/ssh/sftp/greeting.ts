// What a target is, from its first packet and what it says when asked, before the client is told anything.

import { mostData, offeredExtensions } from '../../../guards/sftp/codes.ts'
import { SftpFault } from '../../../guards/sftp/fields.ts'
import { readLimits, readVersion } from '../../../guards/sftp/replies.ts'
import { nameIn } from './real-path.ts'
import type { SftpTarget } from './target.ts'

/** What every server takes (draft-ietf-secsh-filexfer-02 section 3). */
export const leastData = 32 * 1024

export interface Greeting {
  /** Those it has of the ones that are offered here, by name. */
  readonly extensions: ReadonlyMap<string, string>
  /** Where its relative paths begin. */
  readonly home: string
  /** Bytes of the largest READ and WRITE it takes. */
  readonly most: { readonly read: number; readonly write: number }
}

/**
 * @param version its answer to INIT.
 * @throws SftpFault where it speaks another version or does not answer as a server does; TargetGone.
 */
export async function greet(target: SftpTarget, version: Buffer): Promise<Greeting> {
  const said = readVersion(version)
  if (said.version !== 3) throw new SftpFault(`the target speaks SFTP version ${said.version}: expected 3`)
  const extensions = new Map(
    Object.entries(offeredExtensions).filter(([name, known]) => said.extensions.get(name) === known),
  )
  const [here, limits] = await Promise.all([
    target.ask({ kind: 'realpath', path: '.' }, { kind: 'name' }),
    extensions.has('limits@openssh.com') ? target.ask({ kind: 'limits' }, { kind: 'extended' }) : Promise.resolve(null),
  ])
  const home = nameIn(here.reply)
  if (home === null || !home.startsWith('/')) throw new SftpFault('the target does not say where its files begin')
  if (limits?.reply.kind !== 'extended') return { extensions, home, most: { read: leastData, write: leastData } }
  const { read, write } = readLimits(limits.reply.data)
  // Zero: it does not say.
  const least = (most: number): number => (most === 0 ? leastData : Math.min(most, mostData))
  return { extensions, home, most: { read: least(read), write: least(write) } }
}

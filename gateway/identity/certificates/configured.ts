// The user authorities and the list of revoked keys that the configuration names, read and checked before a port opens.

import { readFile } from 'node:fs/promises'
import { isNetwork } from '../../../policy/index.ts'
import type { Config } from '../../config.ts'
import { systemCode, type StartProblem } from '../../start-problem.ts'
import { readRevoked } from './revocation-file.ts'
import { parsePublicKey } from './signature.ts'
import type { UserAuthority } from './trust.ts'

/** Reads them; every problem is added to `problems`, and what has one is left out. */
export async function readUserAuthorities(
  { ssh }: Pick<Config, 'ssh'>,
  problems: StartProblem[],
): Promise<readonly UserAuthority[]> {
  const field = 'ssh.userAuthorities'
  const read: UserAuthority[] = []
  for (const { name, key: path, suppliers, plant, secondFactor } of ssh.userAuthorities) {
    const report = (found: string, next: string): void => void problems.push({ field, found, next })
    if (read.some((other) => other.name === name)) report(`\`${name}\`: stands twice`, 'give each a name of its own')
    if (!plant && suppliers.length === 0)
      report(`\`${name}\`: speaks for nobody`, 'name suppliers, or set plant to true')
    const key = await readKey(path)
    if (typeof key === 'string') report(`\`${path}\`: ${key}`, 'put the authority\u2019s public key there, one line')
    else if (read.some((other) => Buffer.compare(other.key, key) === 0))
      report(`\`${name}\`: has the key of another authority`, 'name each key once, with all it speaks for')
    else read.push({ name, key, suppliers, plant, secondFactor })
  }
  for (const network of ssh.proxyFrom.filter((each) => !isNetwork(each)))
    problems.push({
      field: 'ssh.proxyFrom',
      found: `\`${network}\`: is no network`,
      next: 'write it as `192.0.2.0/28`',
    })
  if (ssh.revokedKeys !== undefined) {
    const revoked = await readRevoked(ssh.revokedKeys)
    if (revoked.kind === 'problem')
      problems.push({
        field: 'ssh.revokedKeys',
        found: `\`${ssh.revokedKeys}\`: ${revoked.found}`,
        next: 'put a list there that `ssh-keygen -k` makes, or public keys one a line; an empty file revokes nothing',
      })
  }
  return read
}

/** The blob of the key, or what is wrong. */
async function readKey(path: string): Promise<Uint8Array | string> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = systemCode(error)
    if (code === '') throw error
    return code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  const [type, base64 = ''] = (lines[0] ?? '').trim().split(/\s+/)
  const blob = Buffer.from(base64, 'base64')
  if (lines.length !== 1 || parsePublicKey(blob)?.type !== type)
    return 'expected one public key: Ed25519, ECDSA, or RSA of 2048 bits and more'
  return blob
}

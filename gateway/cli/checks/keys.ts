// Doctor on keys and certificates: readable by nobody else, fitting each other, and still valid.

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { Config } from '../../config.ts'
import { storeFile, vaultKeyFile } from '../../keys.ts'
import { codeOf, messageOf } from '../failure.ts'
import { plain } from '../plain.ts'
import { fail, ok, warn, type Check } from './check.ts'

const day = 86_400_000
const renewBefore = 30 * day

/** Every file that holds a secret: there, and its owner's alone. */
export async function checkKeyFiles(config: Config): Promise<Check[]> {
  const files: (readonly [string, string])[] = [
    ...config.ssh.hostKeys.map((path) => ['ssh host key', path] as const),
    ['tls key', config.https.key],
    ['evidence key', config.evidence.key],
    ['replay identity', config.evidence.replayIdentity],
  ]
  const checks = await Promise.all(files.map(([what, path]) => checkSecret(what, path)))
  return [...checks, await checkVaultKey(config.dataFolder)]
}

async function checkSecret(what: string, path: string): Promise<Check> {
  const name = plain(path)
  const found = await stat(path).catch((error: unknown) => codeOf(error))
  if (found === 'ENOENT')
    return fail(
      what,
      `${name}: is not there`,
      'put it there, or set its path; `npm run certs` makes a set for development',
    )
  if (typeof found === 'string') return fail(what, `${name}: ${found}`, 'let the gateway\u2019s user read it')
  if (!found.isFile()) return fail(what, `${name}: expected a file`, 'set its path')
  const mode = (found.mode & 0o777).toString(8)
  if ((found.mode & 0o077) !== 0) return fail(what, `${name}: others may read it, mode ${mode}`, `chmod 600 ${name}`)
  return ok(what, `${name}, mode ${mode}`)
}

/** The gateway makes it with the store; a store without it has lost its secrets. */
async function checkVaultKey(dataFolder: string): Promise<Check> {
  const there = async (path: string): Promise<boolean> => (await stat(path).catch(() => null)) !== null
  if (await there(vaultKeyFile(dataFolder))) return checkSecret('vault key', vaultKeyFile(dataFolder))
  if (!(await there(storeFile(dataFolder)))) return ok('vault key', 'is made at the first start')
  return fail(
    'vault key',
    `${plain(vaultKeyFile(dataFolder))}: is not there, and the store\u2019s secrets are sealed with it`,
    'restore it from the backup',
  )
}

export async function checkCertificate({ https, publicHost }: Config, now: number): Promise<Check> {
  const what = 'tls certificate'
  const name = plain(https.certificate)
  let certificate: X509Certificate
  try {
    // The first of a chain is the gateway's own.
    certificate = new X509Certificate(await readFile(https.certificate))
  } catch (error) {
    return fail(what, `${name}: ${plain(messageOf(error))}`, 'put a PEM certificate there, or set https.certificate')
  }
  const { validFromDate, validToDate, subjectAltName } = certificate
  const from = validFromDate.getTime()
  const until = validToDate.getTime()
  const names = plain(subjectAltName ?? 'no name')
  const text = `valid ${validFromDate.toISOString().slice(0, 10)} to ${validToDate.toISOString().slice(0, 10)}, for ${names}`
  if (now < from) return fail(what, `${text}: not valid yet`, 'look at the clock, or get another certificate')
  if (now >= until) return fail(what, `${text}: has expired`, 'renew it and start the gateway again')
  try {
    if (!certificate.checkPrivateKey(createPrivateKey(await readFile(https.key)))) {
      return fail(what, `${text}: does not belong to https.key`, 'put the pair together again')
    }
  } catch (error) {
    return fail(
      what,
      `https.key cannot be read: ${codeOf(error) || 'no private key'}`,
      'put the certificate\u2019s PEM key there',
    )
  }
  const covers = isIP(publicHost) === 0 ? certificate.checkHost(publicHost) : certificate.checkIP(publicHost)
  if (covers === undefined)
    return fail(
      what,
      `${text}: not for publicHost \`${plain(publicHost)}\``,
      'get one with that name, or set publicHost',
    )
  if (until - now < renewBefore)
    return warn(what, `${text}: ${Math.floor((until - now) / day)} days left`, 'renew it soon')
  return ok(what, text)
}

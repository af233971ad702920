// Doctor on keys and certificates, besides what a start would refuse: readable by nobody else, good for the name people
// use, and for how long.

import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { storeFile, vaultKeyFile } from '../../keys.ts'
import { codeOf } from '../failure.ts'
import { plain } from '../plain.ts'
import { fail, ok, warn, type Check } from './check.ts'

const day = 86_400_000
const renewBefore = 30 * day

/** Every file that holds a secret is its owner's alone. One that is not there is for the start's own checks to name. */
export async function checkPrivateFiles(config: Config): Promise<Check[]> {
  const { dataFolder } = config
  const store = storeFile(dataFolder)
  const files: (readonly [string, string])[] = [
    ...config.ssh.hostKeys.map((path) => ['ssh host key', path] as const),
    ['tls key', config.https.key],
    ['evidence key', config.evidence.key],
    ...config.evidence.formerKeys.map((path) => ['former evidence key', path] as const),
    ['replay identity', config.evidence.replayIdentity],
    ['vault key', vaultKeyFile(dataFolder)],
    ...optionalFile('relay password', config.notify.smtp.passwordFile),
    ...config.notify.webhooks.map(({ secretFile }) => ['webhook secret', secretFile] as const),
    ...optionalFile('ticket token', config.tickets.tokenFile),
    ...optionalFile('object store login', config.recordings.s3.credentialsFile),
    ...[store, `${store}-wal`, `${store}-shm`].map((path) => ['store', path] as const),
    ['folder lock', join(dataFolder, 'gateway.lock')],
  ]
  const checks = await Promise.all(files.map(([what, path]) => checkPrivate(what, path)))
  return checks.flat()
}

const optionalFile = (what: string, path: string | undefined) => (path === undefined ? [] : [[what, path] as const])

async function checkPrivate(what: string, path: string): Promise<Check[]> {
  const name = plain(path)
  const found = await stat(path).catch(codeOf)
  if (found === 'ENOENT') return []
  if (typeof found === 'string') return [fail(what, `${name}: ${found}`, 'let the gateway\u2019s user read it')]
  const mode = (found.mode & 0o777).toString(8)
  if ((found.mode & 0o077) !== 0) return [fail(what, `${name}: others may read it, mode ${mode}`, `chmod 600 ${name}`)]
  return [ok(what, `${name}, mode ${mode}`)]
}

/** Of a certificate that a start would take. */
export async function checkCertificate({ https, publicHost }: Config, now: number): Promise<Check> {
  const what = 'tls certificate'
  // The first of a chain is the gateway's own.
  const certificate = new X509Certificate(await readFile(https.certificate))
  const { validFromDate, validToDate, subjectAltName } = certificate
  const until = validToDate.getTime()
  const names = plain(subjectAltName ?? 'no name')
  const text = `valid ${validFromDate.toISOString().slice(0, 10)} to ${validToDate.toISOString().slice(0, 10)}, for ${names}`
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

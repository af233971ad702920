// A real clamd with a database of the test's own: one signature, of the EICAR test file, in an unsigned container that
// says when it was made. Nothing of the machine's own ClamAV is used.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { eventually } from './eventually.ts'
import { partPath } from './parts.ts'

export interface ClamdStage {
  /** As `airlock.clamd` takes it. */
  readonly address: string
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>
}

/** The test file of EICAR: no scanner lets it pass, and it does nothing. In two parts, so that no scanner takes this source for it. */
export const eicar = Buffer.from(['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-', 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''))

/** A member of a tar, ustar form. */
export function tarEntry(name: string, content: Uint8Array, type = '0'): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0, 100)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write(type, 156)
  header.write('ustar\0' + '00', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}

export const tarEnd = Buffer.alloc(1024)

/** A ClamAV container (CVD form, unsigned: `.cud`), with the signatures' own date. */
function container(signaturesAt: number): Buffer {
  const signatures = Buffer.from(`Eicar-Test:0:*:${eicar.toString('hex')}\n`)
  const head = `ClamAV-VDB:01 Jan 2026 00-00 +0000:27500:1:90:X:X:test:${Math.floor(signaturesAt / 1_000)}`
  const digest = createHash('sha256').update(signatures).digest('hex')
  const info = Buffer.from(`${head}\ndaily.ndb:${signatures.length}:${digest}\n`)
  return Buffer.concat([
    Buffer.from(head.padEnd(512)),
    tarEntry('COPYING', Buffer.from('test\n')),
    tarEntry('daily.info', info),
    tarEntry('daily.ndb', signatures),
    tarEnd,
  ])
}

/** Starts it in this folder; when it resolves it answers. */
export async function startClamd(
  folder: string,
  { signaturesAt, settings = [] }: { readonly signaturesAt: number; readonly settings?: readonly string[] },
): Promise<ClamdStage> {
  const database = join(folder, 'db')
  await mkdir(database, { recursive: true })
  await writeFile(join(database, 'daily.cud'), container(signaturesAt))
  const address = join(folder, 'clamd.sock')
  const lines = [
    'Foreground yes',
    `LocalSocket ${address}`,
    `DatabaseDirectory ${database}`,
    `TemporaryDirectory ${folder}`,
    `User ${userInfo().username}`,
    'MaxThreads 4',
    ...settings,
  ]
  const file = join(folder, 'clamd.conf')
  await writeFile(file, `${lines.join('\n')}\n`)
  const child = spawn(partPath('clamd'), [`--config-file=${file}`], {
    stdio: 'ignore',
    env: { ...process.env, TZ: 'UTC' },
  })
  const ended = once(child, 'exit')
  await eventually('clamd answers', () => child.exitCode !== null || answers(address), 30_000)
  if (child.exitCode !== null) throw new Error(`clamd ended at once with ${child.exitCode}`)
  return {
    address,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path }, () => socket.write('zPING\0'))
    socket.once('data', (data) => {
      resolve(data.toString('latin1').startsWith('PONG'))
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
  })
}

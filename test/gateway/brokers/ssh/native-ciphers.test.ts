// ssh2's native ciphers beside WebAssembly, which Cedar is: what V8 collects there must not end the process. Run in a
// child, because the failure this is about is an abort.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { findBinding, hasNativeCiphers, mayAbort } from '../../../../gateway/brokers/ssh/native-ciphers.ts'
import { judgeBinding } from '../../../../gateway/cli/checks/runtime.ts'

/**
 * A module whose one function makes and drops as many arrays as it is told. V8 has to collect while that runs, and no
 * context is entered then:
 *
 *     (type $a (array (mut i8)))
 *     (func (export "make") (param i32)
 *       (loop (drop (array.new_default $a (i32.const 1000)))
 *             (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
 */
const makeArrays = [
  '0061736d 01000000', // magic and version
  '01 08 02 5e7801 60017f00', // types: the array, the function
  '03 02 01 01', // functions
  '07 08 01 046d616b65 0000', // exports: "make"
  '0a 17 01 15 00', // code
  '0340 41e807 fb0700 1a 2000 4101 6b 2200 0d00 0b 0b',
]
  .join('')
  .replaceAll(' ', '')

/** Drops ciphers of each class, and lets WebAssembly make V8 collect them; many rounds of it in one process. */
const dropping = `
  const binding = require(process.argv[1])
  const bytes = Buffer.from(process.argv[2], 'hex')
  const { make } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports
  let made = 0
  for (let round = 0; round < 10; round++) {
    for (let n = 0; n < 50; n++) {
      new binding.AESGCMCipher('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(12))
      new binding.AESGCMDecipher('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(12))
      new binding.ChaChaPolyCipher(Buffer.alloc(64))
      new binding.ChaChaPolyDecipher(Buffer.alloc(64))
      made += 4
    }
    make(100_000)
  }
  console.log(made)`

describe.skipIf(!hasNativeCiphers())("ssh2's native ciphers", () => {
  it('can be collected while WebAssembly runs', () => {
    const run = spawnSync(process.execPath, ['-e', dropping, findBinding(), makeArrays], { encoding: 'utf8' })
    expect(run).toMatchObject({ stderr: '', stdout: '2000\n', signal: null, status: 0 })
  })

  it('are those that cannot abort a process', () => {
    expect(mayAbort(findBinding())).toBe(false)
  })
})

describe('a binding compiled by something else', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('fails in doctor when it wants what aborts of Node, and passes when it does not', () => {
    const file = join(folder, 'sshcrypto.node')
    writeFileSync(file, '\0_ZN4node28RemoveEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_\0')
    expect(judgeBinding('ssh ciphers', file)).toMatchObject({
      state: 'fail',
      next: 'run `npm run postinstall`, and start the gateway again',
    })
    writeFileSync(file, '\0_ZN4node6Buffer4DataEN2v85LocalINS1_5ValueEEE\0')
    expect(judgeBinding('ssh ciphers', file)).toMatchObject({ state: 'ok' })
  })
})

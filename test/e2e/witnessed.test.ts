// The ledger of a running gateway before a witness: both are programs of their own, and an auditor verifies what comes out of
// them with a trust policy.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { parseTrust } from '../../recorder/index.ts'
import { sallyport } from '../gateway/cli/run-sallyport.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { freePort } from '../support/sshd.ts'

const launcher = fileURLToPath(new URL('../../gateway/sallyport.mjs', import.meta.url))

describeWith(['sshd'], 'a ledger that is witnessed', () => {
  let folder: string
  let stage: GatewayStage
  let witness: ChildProcess | null = null
  let port: number
  /** Lines of the auditor's trust policy. */
  let policy: string
  let origin: string
  const inFolder = (name: string): string => join(folder, name)

  async function proofOf(index: number) {
    const answer = await (
      await stage.api('auditor')
    ).call<{ entry: string; proof: string }>('GET', `/evidence/${index}/proof`)
    expect(answer.status).toBe(200)
    const { entry, proof } = answer.json()
    await writeFile(inFolder(`${index}.json`), entry)
    await writeFile(inFolder(`${index}.tlog-proof`), proof)
    return { entry, proof }
  }
  const verify = (index: number, ...more: readonly string[]) =>
    sallyport(['verify', inFolder(`${index}.tlog-proof`), ...more])

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-witnessed-'))
    port = await freePort()
    const made = await sallyport(['witness', 'init', 'witness.example/w1', '--dir', inFolder('witness'), '--json'])
    const { vkey } = JSON.parse(made.stdout) as { vkey: string }
    const asked = `witness w1 ${vkey} http://127.0.0.1:${port}\nquorum w1\n`
    await writeFile(inFolder('asked.policy'), asked)
    stage = await stageGateway({ targets: [], overrides: { 'evidence.witnessPolicy': inFolder('asked.policy') } })
    const trustText = await (await stage.api('auditor')).call('GET', '/evidence/trust')
    await writeFile(inFolder('trust.json'), JSON.stringify(trustText.json()))
    const trust = parseTrust(trustText.json())
    if (trust.kind === 'malformed') throw new Error(trust.problems.join('\n'))
    origin = trust.trust.origin
    policy = inFolder('auditor.policy')
    await writeFile(policy, `log ${trust.trust.verifiers[0]?.vkey ?? ''}\n${asked}`)
  })
  afterAll(async () => {
    await stage.stop()
    if (witness !== null && witness.exitCode === null) {
      witness.kill('SIGTERM')
      await once(witness, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  })

  it('starts and goes on without its witness, and proves what it has signed alone', async () => {
    const { proof } = await proofOf(2)
    expect(proof.startsWith('c2sp.org/tlog-proof@v1\nindex 2\n')).toBe(true)
    expect(await verify(2, '--trust', inFolder('trust.json'))).toMatchObject({ status: 0 })
    const alone = await verify(2, '--policy', policy)
    expect(alone).toMatchObject({ status: 1 })
    expect(alone.stdout).toContain('NOT PROVEN: cosigned by 0 of the known witnesses')
  })

  it('is cosigned once the witness answers, and then holds under the policy', async () => {
    const args = [
      'witness',
      'run',
      '--dir',
      inFolder('witness'),
      '--trust',
      inFolder('trust.json'),
      '--port',
      String(port),
    ]
    witness = spawn(process.execPath, [launcher, ...args, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface({ input: witness.stdout ?? process.stdin }), 'line')) as [string]
    expect(line).toBe('{')
    // Something new: the newest checkpoint does not hold it yet.
    await (await stage.api('vendor')).call('GET', '/assets')
    const index = await stage.withStore((store) => store.evidence.size()).then((size) => size - 1)
    await proofOf(index)
    const proven = await verify(index, '--policy', policy)
    expect(proven.stdout).toMatch(/PROVEN: entry \d+ of the \d+ of .*\n[^]*cosigned by `witness\.example\/w1` at 20/)
    expect(proven.status).toBe(0)
    const shown = await fetch(`http://127.0.0.1:${port}/checkpoint/${encodeURIComponent(origin)}`)
    expect(await shown.text()).toContain(`${origin}\n`)
  })

  it('proves nothing of an entry that was changed', async () => {
    await proofOf(3)
    const entry = await readFile(inFolder('3.json'), 'utf8')
    await writeFile(inFolder('3.json'), entry.replace('"v":1', '"v":2'))
    const changed = await verify(3, '--policy', policy, '--json')
    expect(changed.status).toBe(1)
    expect(JSON.parse(changed.stdout)).toMatchObject({ holds: false, reason: expect.stringMatching(/is not number 3/) })
  })

  it('has no proof of what is not there, and none for who may not read the ledger', async () => {
    const auditor = await stage.api('auditor')
    expect((await auditor.call('GET', '/evidence/999999/proof')).status).toBe(404)
    expect((await auditor.call('GET', '/evidence/one/proof')).status).toBe(404)
    expect((await (await stage.api('vendor')).call('GET', '/evidence/1/proof')).status).toBe(403)
  })
})

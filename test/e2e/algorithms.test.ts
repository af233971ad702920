// What ssh-audit (Debian) finds on a running gateway with the two kinds of host keys the documentation asks for.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath } from '../support/parts.ts'
import { makeKeyOf } from '../support/user-authority.ts'

/** The same tool's word for what its version does not know yet: neither is a weakness. */
const newer = ['mlkem768x25519-sha256', 'kex-strict-s-v00@openssh.com']

interface Finding {
  readonly kind: string
  readonly name: string
  readonly level: string
  readonly text: string
}

/** `(kex) name   -- [fail] text`, and further lines of the same algorithm that begin with a backquote. */
function findingsIn(output: string): Finding[] {
  const found: Finding[] = []
  let [kind, name] = ['', '']
  for (const line of output.split('\n')) {
    const [, first, second] = /^\((kex|key|enc|mac)\) (\S+)/.exec(line) ?? []
    if (first !== undefined && second !== undefined) [kind, name] = [first, second]
    const [, level, text] = /(?:--|`-) \[(\w+)\] (.*)$/.exec(line) ?? []
    if (level !== undefined && text !== undefined) found.push({ kind, name, level, text })
    else if (first !== undefined) found.push({ kind, name, level: 'none', text: '' })
  }
  return found
}

describeWith(['sshd', 'ssh-keygen', 'ssh-audit'], 'what the gateway speaks to users', () => {
  let stage: GatewayStage
  let folder: string
  let findings: Finding[]
  let output: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sp-host-keys-'))
    const keys = [
      await makeKeyOf(join(folder, 'ed25519'), 'ed25519'),
      await makeKeyOf(join(folder, 'rsa'), 'rsa', 3072),
    ]
    stage = await stageGateway({ targets: [], overrides: { 'ssh.hostKeys': keys } })
    // It ends with another code than 0 where it has found anything at all, which is for the test to judge.
    output = await new Promise((resolve) =>
      execFile(partPath('ssh-audit'), ['-n', '-p', String(stage.gateway.ssh.port), '127.0.0.1'], (_error, stdout) =>
        resolve(stdout),
      ),
    )
    findings = findingsIn(output)
  })
  afterAll(async () => {
    await stage.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const namesOf = (wanted: string): string[] => [
    ...new Set(findings.filter(({ kind }) => kind === wanted).map(({ name }) => name)),
  ]

  it('is found to have no failure, and no warning but of what the tool does not know', () => {
    expect(findings.filter(({ level }) => level === 'fail')).toEqual([])
    const warned = findings.filter(({ level }) => level === 'warn')
    expect(warned.map(({ name, text }) => [name, text])).toEqual(newer.map((name) => [name, 'unknown algorithm']))
    expect(output).not.toContain('to remove')
  })

  it('is this, and nothing else', () => {
    expect({ kex: namesOf('kex'), key: namesOf('key'), enc: namesOf('enc'), mac: namesOf('mac') }).toEqual({
      kex: [
        'mlkem768x25519-sha256',
        'curve25519-sha256',
        'curve25519-sha256@libssh.org',
        'kex-strict-s-v00@openssh.com',
      ],
      key: ['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256'],
      enc: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes256-ctr'],
      mac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
    })
    expect(output).toContain('rsa-sha2-512 (3072-bit)')
    expect(output).toContain('compression: disabled')
  })
})

// `sallyport verify --log`: a published ledger in a folder and behind an address.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { entryBytes, publishLedger, trustText } from '../../../recorder/index.ts'
import { checkpointOf, origin, signer, signerOf } from '../../recorder/sample.ts'
import { ledgerOf } from '../../recorder/memory-ledger.ts'
import { sallyport } from './run-sallyport.ts'

let folder: string
let trust: string
let published: string
let server: Server
let address: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-log-'))
  trust = join(folder, 'trust.json')
  published = join(folder, 'published')
  writeFileSync(trust, trustText(origin, [signer.vkey]))
  const entries = Array.from({ length: 300 }, (_, i) => entryBytes({ v: 1, at: i, type: 'gateway.noted', data: { i } }))
  await publishLedger(published, checkpointOf(entries, signer), ledgerOf(entries))
  server = createServer((request, response) => {
    try {
      response.end(readFileSync(join(published, request.url ?? '')))
    } catch (error) {
      response.writeHead(error instanceof Error ? 404 : 500).end()
    }
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await new Promise((resolve) => void server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

describe('sallyport verify --log', () => {
  it('verifies a folder and an address alike, as text and as JSON', async () => {
    for (const where of [published, address, `${address}/`]) {
      const verified = await sallyport(['verify', '--log', where, '--trust', trust])
      expect(verified).toMatchObject({ status: 0, stderr: '' })
      expect(verified.stdout).toContain(`LEDGER ${origin}: 300 entries`)
      expect(verified.stdout).toContain('VERIFIED: everything holds')
    }
    const json = await sallyport(['verify', '--log', address, '--trust', trust, '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ format: 'sallyport-log-report/v1', holds: true })
  })

  it('tells of types it does not know, which is no fault', async () => {
    const unknown = { type: 'gateway.noted', of: 'type', entries: 300, first: 0, faults: [] }
    const json = await sallyport(['verify', '--log', published, '--trust', trust, '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ holds: true, unknown: { entries: 300, kinds: [unknown] } })
    const { stdout } = await sallyport(['verify', '--log', published, '--trust', trust])
    expect(stdout).toContain('`gateway.noted`: unknown type, 300 entries, the first is 0\n')
  })

  it('fails on a ledger of another key, and on one that is not there', async () => {
    const other = join(folder, 'other.json')
    writeFileSync(other, trustText(origin, [signerOf(2).vkey]))
    const untrusted = await sallyport(['verify', '--log', address, '--trust', other])
    expect(untrusted).toMatchObject({ status: 1 })
    expect(untrusted.stdout).toContain('no signature by a trusted key')
    for (const where of [join(folder, 'nothing'), `${address}/nothing`, 'http://127.0.0.1:1/']) {
      const missing = await sallyport(['verify', '--log', where, '--trust', trust])
      expect(missing).toMatchObject({ status: 1 })
      expect(missing.stdout).toContain('NOT VERIFIED')
    }
  })

  it.each([
    [['--log', 'x'], '--trust FILE'],
    [['some-export', '--log', 'x', '--trust', 'y'], 'not both'],
    [[], 'give the path of an export or a proof, or --log'],
  ])('wants to know what and by whom: %j', async (args, why) => {
    const refused = await sallyport(['verify', ...args])
    expect(refused).toMatchObject({ status: 2 })
    expect(refused.stderr).toContain(why)
  })
})

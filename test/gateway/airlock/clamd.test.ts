// Verdicts of a real clamd: clean, malware, old signatures, too large for it, killed in the middle. And of one that says
// nothing, or nothing that makes sense.

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openClamd } from '../../../gateway/airlock/clamd.ts'
import { openScanner, parseVersion } from '../../../gateway/airlock/verdict.ts'
import { parseClamdAddress } from '../../../gateway/clamd-address.ts'
import { eicar, startClamd, type ClamdStage } from '../../support/clamd.ts'
import { describeWith } from '../../support/describe-with.ts'

const hourMs = 3_600_000
const signaturesAt = Date.UTC(2026, 10, 20, 6)
const mebibyte = 1024 * 1024

function scannerAt(address: string, over: { now?: number; mostBytes?: number; timeoutMs?: number } = {}) {
  const found = parseClamdAddress(address)
  if (found === null) throw new Error(`no address: ${address}`)
  const told: (string | null)[] = []
  const scanner = openScanner({
    clamd: openClamd(found, over.timeoutMs ?? 20_000),
    clock: { now: () => over.now ?? signaturesAt + hourMs },
    signaturesHours: 24,
    mostBytes: over.mostBytes ?? 100 * mebibyte,
    told: (problem) => told.push(problem),
  })
  return { scanner, told }
}

const whole = (content: Uint8Array) =>
  async function* () {
    yield content
  }
async function* zeros(pieces: number, onPiece: (index: number) => Promise<void> = () => Promise.resolve()) {
  const piece = Buffer.alloc(mebibyte)
  for (let i = 0; i < pieces; i++) {
    await onPiece(i)
    yield piece
  }
}

describeWith('clamd', 'a real clamd', () => {
  let folder = ''
  let stage: ClamdStage
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sp-clamd-'))
    stage = await startClamd(folder, { signaturesAt, settings: ['StreamMaxLength 4M'] })
  }, 60_000)
  afterAll(async () => {
    await stage.kill()
    await rm(folder, { recursive: true, force: true })
  })

  it('finds nothing in what is clean, and says by which signatures', async () => {
    const { scanner, told } = scannerAt(stage.address)
    const verdict = await scanner.judge(5, whole(Buffer.from('hello')))
    expect(verdict).toMatchObject({ verdict: 'clean', signaturesAt, found: null, why: null })
    expect(verdict.engine).toMatch(/^ClamAV \d.*\/27500$/)
    expect(told).toEqual([null])
  })

  it('finds the EICAR test file, however it is cut', async () => {
    const { scanner } = scannerAt(stage.address)
    const bytes = async function* () {
      for (const byte of eicar) yield Uint8Array.of(byte)
    }
    for (const content of [whole(eicar), bytes])
      expect(await scanner.judge(eicar.length, content)).toMatchObject({
        verdict: 'infected',
        found: 'Eicar-Test.UNOFFICIAL',
      })
  })

  it('says nothing of what is more than it takes, though it says so before it has all', async () => {
    const { scanner } = scannerAt(stage.address)
    expect(await scanner.judge(64 * mebibyte, () => zeros(64))).toMatchObject({
      verdict: 'none',
      why: 'it is larger than what the scanner takes (StreamMaxLength)',
    })
  })

  it('is not asked about what it would not look at whole', async () => {
    const { scanner, told } = scannerAt(stage.address, { mostBytes: 10 })
    expect(await scanner.judge(11, () => zeros(1))).toMatchObject({
      verdict: 'none',
      why: 'it is larger than the 10 bytes the scanner looks at whole',
    })
    expect(told).toEqual([null])
  })

  it('counts for nothing when its signatures are older than a day, or dated ahead', async () => {
    const old = scannerAt(stage.address, { now: signaturesAt + 24 * hourMs + 1 })
    expect(await old.scanner.judge(5, whole(Buffer.from('hello')))).toMatchObject({
      verdict: 'none',
      signaturesAt,
      why: 'the signatures of the malware scanner are older than 24 hours',
    })
    expect(old.told).toEqual(['the signatures of the malware scanner are older than 24 hours'])
    const ahead = scannerAt(stage.address, { now: signaturesAt - 25 * hourMs })
    expect(await ahead.scanner.judge(5, whole(Buffer.from('hello')))).toMatchObject({ verdict: 'none' })
  })

  it('gives no verdict when it is killed in the middle, nor afterwards', async () => {
    const other = await mkdtemp(join(tmpdir(), 'sp-clamd-'))
    const victim = await startClamd(other, { signaturesAt })
    try {
      const { scanner } = scannerAt(victim.address)
      const content = () => zeros(50, async (index) => void (index === 20 && (await victim.kill())))
      const verdict = await scanner.judge(50 * mebibyte, content)
      expect(verdict).toMatchObject({ verdict: 'none' })
      expect(verdict.why).toMatch(/^the malware scanner does not work: /)
      expect(await scanner.judge(5, whole(Buffer.from('hello')))).toMatchObject({
        verdict: 'none',
        engine: null,
        why: expect.stringMatching(/cannot be reached/) as string,
      })
    } finally {
      await victim.kill()
      await rm(other, { recursive: true, force: true })
    }
  }, 60_000)
})

describe('what is no clamd', () => {
  const sockets = new Set<Socket>()
  const version = 'ClamAV 1.4.6/27500/Fri Nov 20 06:00:00 2026'
  async function fake(answer: (command: string, socket: Socket) => void) {
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('data', (data) => answer(data.toString('latin1').split('\0')[0] ?? '', socket))
    })
    server.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    return { address: `127.0.0.1:${port}`, close: () => (sockets.forEach((one) => one.destroy()), server.close()) }
  }
  const judged = async (answer: (command: string, socket: Socket) => void, timeoutMs = 20_000) => {
    const { address, close } = await fake(answer)
    try {
      return await scannerAt(address, { timeoutMs }).scanner.judge(5, whole(Buffer.from('hello')))
    } finally {
      close()
    }
  }

  it('that is silent is given up', async () => {
    expect(await judged(() => undefined, 50)).toMatchObject({
      verdict: 'none',
      why: 'the malware scanner does not work: no answer within 0.05 s',
    })
  })

  it.each([
    ['hangs up', (socket: Socket) => void socket.end()],
    ['answers without an end', (socket: Socket) => void socket.end('stream: OK')],
    ['floods', (socket: Socket) => void socket.end('x'.repeat(100_000))],
    ['says something else', (socket: Socket) => void socket.end('stream: OKAY\0')],
    ['says an error', (socket: Socket) => void socket.end('stream: Can not scan ERROR\0')],
    [
      'is over its own limits',
      (socket: Socket) => void socket.end('stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0'),
    ],
  ])('that %s gives no verdict', async (_what, answer) => {
    const verdict = await judged((command, socket) =>
      command === 'zVERSION' ? void socket.end(`${version}\0`) : answer(socket),
    )
    expect(verdict).toMatchObject({ verdict: 'none', signaturesAt, found: null })
  })

  it('is not believed where it does not say how old its signatures are', async () => {
    const verdict = await judged((_command, socket) => void socket.end('ClamAV 1.4.6\0'))
    expect(verdict).toMatchObject({
      verdict: 'none',
      why: 'the malware scanner does not say how old its signatures are',
    })
    expect(parseVersion('ClamAV 1.4.6/27500/Xxx Nov 99')).toEqual({ engine: 'ClamAV 1.4.6/27500', signaturesAt: null })
  })
})

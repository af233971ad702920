// A user who reads later than the target speaks. What the target had said when it closed the connection still arrives,
// with the status of what it ran; where it had not ended, the user is told after the last byte.

import type { Client, ClientChannel } from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter } from '../support/library-client.ts'
import { startLibraryTarget, type LibraryTarget } from '../support/library-target.ts'
import { readRecorded } from '../support/recorded.ts'

const size = 5_000_000

describeWith(['sshd', 'ssh-keygen'], 'a user who reads late', () => {
  let stage: GatewayStage
  let brief: LibraryTarget | undefined
  let onGone = (): void => undefined

  beforeAll(async () => {
    brief = await startLibraryTarget((channel, command, connection) => {
      connection.once('close', () => onGone())
      channel.on('error', () => channel.close())
      channel.write(Buffer.alloc(size, 'x'), () => {
        if (command === 'ends') {
          channel.exit(0)
          channel.end()
        }
        connection.end()
      })
    })
    const { port, hostKey } = brief
    stage = await stageGateway({
      targets: ['hist-1'],
      spoil: async (place) => ({ ...place, port, hostKeys: [hostKey] }),
    })
  })
  afterAll(async () => {
    await stage.stop()
    await brief?.stop()
  })

  /** Runs a command and reads nothing until the target has closed its connection. */
  async function late(command: string): Promise<{ client: Client; channel: ClientChannel }> {
    const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
    const password = stage.person('vendor').password.expose()
    const entry = await enter({ port, username: 'vendor%hist-1', password, code })
    if (entry.kind === 'refused') throw new Error(entry.text)
    const { client } = entry
    const gone = new Promise<void>((resolve) => (onGone = resolve))
    const channel = await new Promise<ClientChannel>((resolve, reject) =>
      client.exec(command, (error, opened) => (error ? reject(error) : resolve(opened))),
    )
    await gone
    return { client, channel }
  }

  async function read(channel: ClientChannel) {
    let out = 0
    let err = ''
    let exit: number | null = null
    channel.on('exit', (code: number | null) => (exit = code))
    const closed = new Promise<void>((resolve) => channel.once('close', () => resolve()))
    channel.on('data', (part: Buffer) => (out += part.length))
    channel.stderr.on('data', (part: Buffer) => (err += part.toString()))
    await closed
    return { out, err, exit }
  }

  async function lastSession() {
    await stage.quiet()
    const ended = (await stage.evidence({ types: ['session.ended'] })).at(-1)?.data ?? {}
    return { ended, recorded: await readRecorded(stage.stage, String(ended['session'])) }
  }

  it('gets everything, and the status, from a target that closed right after its last word', async () => {
    await stage.grant('hist-1')
    const { channel } = await late('ends')
    expect(await read(channel)).toEqual({ out: size, err: '', exit: 0 })
    const { ended, recorded } = await lastSession()
    expect(ended).toMatchObject({ reason: 'target', bytesOut: size })
    expect(recorded.out.length).toBe(size)
    expect(recorded.notices).toEqual([])
  })

  it('gets everything, and then the reason, from a target that went away in the middle', async () => {
    await stage.grant('hist-1')
    const { channel } = await late('breaks')
    expect(await read(channel)).toEqual({
      out: size,
      err: '\r\n[sallyport] the target closed the connection\r\n',
      exit: 255,
    })
    const { ended, recorded } = await lastSession()
    expect(ended).toMatchObject({ reason: 'target', bytesOut: size })
    expect(recorded.out.length).toBe(size)
    expect(recorded.notices).toEqual(['the target closed the connection'])
  })

  it('is cut off at once all the same when the grant is revoked meanwhile', async () => {
    const grant = await stage.grant('hist-1')
    await stage.api('auditor')
    const { client } = await late('ends')
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
    const at = stage.clock.now()
    await (await stage.api('approver')).ok('POST', `/grants/${grant.id}/revoke`, { reason: 'enough' })
    await closed
    const { ended } = await lastSession()
    expect(ended['reason']).toBe('revoked')
    expect(Number(ended['endedAt']) - at).toBeLessThan(10_000)
  })
})

// A gateway whose historian `hist-1` is reached through tunnels, and what stands behind it: a TCP server that does with each
// connection what the test says.

import { readFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'

import { eventually } from './eventually.ts'
import { stageGateway, type GatewayStage, type StageWish } from './gateway-stage.ts'
import { openSsh, type SshRun } from './ssh-session.ts'
import { freePort } from './sshd.ts'

export interface Controller {
  readonly port: number
  /** Connections it has now. */
  readonly connections: ReadonlySet<Socket>
  /** Connections it has had. */
  readonly served: number
  stop(): Promise<void>
}

/** Listens on loopback; `serve` gets each connection, which may be half-open. */
export async function startController(
  serve: (socket: Socket) => void,
  { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {},
): Promise<Controller> {
  const connections = new Set<Socket>()
  let served = 0
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    served++
    connections.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => connections.delete(socket))
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    get served() {
      return served
    },
    async stop() {
      for (const socket of connections) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The demo's conduits, with tunnels through all that carry SSH. */
export async function tunnelConduits(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '../../gateway/demo/bundle/zones.yaml'), 'utf8')
  return text.replaceAll('protocols: [ssh', 'protocols: [tcp, ssh')
}

export async function stageTunnels(
  ports: readonly number[],
  wish: Omit<StageWish, 'tunnels' | 'files'> = {},
): Promise<GatewayStage> {
  return stageGateway({
    ...wish,
    tunnels: { 'hist-1': { host: '127.0.0.1', ports } },
    files: { 'zones.yaml': await tunnelConduits() },
  })
}

export interface Forwarding {
  readonly run: SshRun
  /** The port at the client that leads there. */
  readonly port: number
}

/** `ssh -N -L`: resolves when the client listens. */
export async function forward(
  stage: GatewayStage,
  user: string,
  to: string,
  more: readonly string[] = [],
): Promise<Forwarding> {
  const port = await freePort()
  const run = await openSsh(await stage.sshLogin(user), {
    logLevel: 'INFO',
    options: ['-N', '-o', 'ExitOnForwardFailure=yes', '-L', `127.0.0.1:${port}:${to}`, ...more],
  })
  await eventually('the client listens', async () => {
    if (run.child.exitCode !== null) throw new Error(`ssh ended with ${run.child.exitCode}: ${run.shown()}`)
    return listens(port)
  })
  return { run, port }
}

/** A connection says no more than that something listens: it would be a tunnel of its own, so the kernel is asked. */
export async function listens(port: number): Promise<boolean> {
  const wanted = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`
  return (await readFile('/proc/net/tcp', 'utf8')).includes(wanted)
}

/** A connection to a port of this machine. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return socket
}

/** Everything a socket says until it ends; what was lost on the way does not count as an end. */
export async function hear(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of socket) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

// The four ways to one target: straight, over `ssh -J`, through the double hop, and through the gateway. Each starts the
// ordinary programs of OpenSSH; where their standard streams go is the caller's choice.

import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { partPath } from '../support/parts.ts'
import { vendorLogin, type BenchGateway } from './gateway.ts'
import { clientOptions, knownHostLine, type OpenSsh } from './openssh.ts'
import { processorOfTree } from './process-trees.ts'
import { keep } from './processes.ts'

export const routeNames = ['direct', 'jump', 'doubleHop', 'gateway'] as const
export type RouteName = (typeof routeNames)[number]

export interface Start {
  readonly command: string
  readonly stdio: StdioOptions
  /** Ask for a terminal on the target. */
  readonly terminal?: boolean
  /**
   * Log in to the gateway with a key and a code. Left out: with a certificate of an authority that has seen a second
   * factor, so that many can log in at a time, as they do elsewhere with a key. The other routes know only the key.
   */
  readonly withCode?: boolean
}

export interface Route {
  readonly name: RouteName
  start(what: Start): Promise<ChildProcess>
  /** Starts `sftp` or `scp` with these arguments. */
  copy(program: 'sftp' | 'scp', args: readonly string[]): ChildProcess
  /** The target as `sftp` and `scp` name it. */
  readonly there: string
  /** Processor time of what stands between client and target, in seconds so far. Nothing does on the direct route. */
  processorSeconds(): number
}

export type Routes = Readonly<Record<RouteName, Route>>

const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', LANG: 'C.UTF-8', TERM: 'xterm' }

/** Where a route leads, as ssh_config says it. */
interface Way {
  readonly name: RouteName
  readonly user: string
  readonly port: number
  readonly knownHosts: string
  readonly identity: string
  /** Port of the host that is jumped over. */
  readonly over?: number
  /** The process that stands between, with all it starts. */
  readonly between: number | null
}

export function openRoutes(folder: string, openssh: OpenSsh, gateway: BenchGateway, cipher: string): Routes {
  const { account, identity, target, hop } = openssh
  const known = join(folder, 'known_hosts')
  writeFileSync(known, [target, hop].map((server) => knownHostLine(server.port, server.hostKey)).join(''))

  function route(way: Way): Route {
    const configOf = (name: string, key: string): string => {
      const file = join(folder, name)
      const lines = [
        ...clientOptions(cipher, key, way.knownHosts),
        'Host there',
        'HostName 127.0.0.1',
        `Port ${way.port}`,
        ...(way.over === undefined ? [] : [`ProxyJump ${account}@127.0.0.1:${way.over}`]),
      ]
      writeFileSync(file, `${lines.join('\n')}\n`)
      return file
    }
    const config = configOf(`ssh_config.${way.name}`, way.identity)
    const withKey = configOf(`ssh_config.${way.name}.key`, identity)
    const there = `${way.user}@there`
    return {
      name: way.name,
      async start({ command, stdio, terminal = false, withCode = false }) {
        const asksCode = withCode && way.name === 'gateway'
        const argv = ['-F', asksCode ? withKey : config, terminal ? '-tt' : '-T', there, command]
        const askpass = asksCode
          ? { SSH_ASKPASS: gateway.askpass, SSH_ASKPASS_REQUIRE: 'force', BENCH_CODE: await gateway.code() }
          : {}
        return keep(spawn(partPath('ssh'), argv, { stdio, env: { ...environment, ...askpass } }))
      },
      copy: (program, args) =>
        keep(
          spawn(partPath(program), ['-F', config, ...args], {
            stdio: ['pipe', 'ignore', 'pipe'],
            env: environment,
          }),
        ),
      there,
      processorSeconds: () => (way.between === null ? 0 : processorOfTree(way.between)),
    }
  }

  const plain = { user: account, knownHosts: known, identity }
  return {
    direct: route({ ...plain, name: 'direct', port: target.port, between: null }),
    jump: route({ ...plain, name: 'jump', port: target.port, over: hop.port, between: hop.pid }),
    doubleHop: route({ ...plain, name: 'doubleHop', port: hop.port, between: hop.pid }),
    gateway: route({
      name: 'gateway',
      user: vendorLogin,
      port: gateway.sshPort,
      knownHosts: gateway.knownHosts,
      identity: gateway.identity,
      between: gateway.pid,
    }),
  }
}

/** The routes in another order each round, so that none always follows the same other. */
export function rotated(routes: Routes, round: number): Route[] {
  return routeNames.map((_, at) => routes[routeNames[(at + round) % routeNames.length] ?? 'direct'])
}

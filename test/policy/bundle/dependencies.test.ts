import { describe, expect, it } from 'vitest'
import { parseBundle } from '../../../policy/bundle/parse.ts'
import { bundleFrom, plantFiles } from '../scenario.ts'

const good =
  "{ id: directory, name: Directory, kind: identity, owner: Group IT, inScope: true, watch: { connect: 'ldap.example:636' } }"

function parse(entry: string, change: Readonly<Record<string, readonly [string, string]>> = {}) {
  const files = plantFiles()
  const put = (file: string, from: string, to: string): void => {
    const text = files.get(file) ?? ''
    expect(text).toContain(from)
    files.set(file, text.replace(from, to))
  }
  put('scope.yaml', 'controlledLabels:', `dependencies:\n  - ${entry}\ncontrolledLabels:`)
  for (const [file, [from, to]] of Object.entries(change)) put(file, from, to)
  return parseBundle(files)
}

function problemsOf(entry: string): readonly string[] {
  const parsed = parse(entry)
  return parsed.kind === 'invalid' ? parsed.problems.map(({ file, line, reason }) => `${file}:${line} ${reason}`) : []
}

const with_ = (from: string, to: string): string => {
  expect(good).toContain(from)
  return good.replace(from, to)
}

describe('dependencies of scope.yaml', () => {
  it('are read with what is usual where nothing is said', () => {
    const parsed = parse(good)
    expect(parsed).toMatchObject({ kind: 'ok' })
    expect(parsed.kind === 'ok' && parsed.bundle.scope.dependencies).toEqual([
      {
        id: 'directory',
        name: 'Directory',
        kind: 'identity',
        owner: 'Group IT',
        inScope: true,
        service: null,
        plants: [],
        watch: { kind: 'connect', host: 'ldap.example', port: 636, everySeconds: 60, timeoutSeconds: 5 },
        failures: 3,
        whenDown: { effect: 'note', suppliers: [], exceptTiers: [], living: false },
      },
    ])
  })

  it('never look at a target of process control, however its address is written', () => {
    const { assets, zones } = bundleFrom(plantFiles())
    const below = [...assets.values()].filter(({ zone }) => (zones.get(zone)?.level ?? 0) < 3)
    const host = below.flatMap(({ endpoints }) => endpoints.map((endpoint) => endpoint.host))[0] ?? ''
    expect(host).not.toBe('')
    for (const watch of [`connect: '${host.toUpperCase()}:443'`, `get: 'http://${host}:8080/health'`])
      expect(problemsOf(with_("connect: 'ldap.example:636'", watch))).toEqual([
        expect.stringContaining('nothing is sent to process control or a safety function'),
      ])
  })

  it.each([
    ["connect: 'ldap.example:636'", "connect: 'ldap.example'", 'expected a host and a port'],
    ["connect: 'ldap.example:636'", "connect: 'ldap.example:70000'", 'expected a host and a port'],
    ["connect: 'ldap.example:636'", "get: 'ftp://ldap.example'", 'expected an address with http or https'],
    ["connect: 'ldap.example:636'", "get: 'https://u:p@ldap.example'", 'without user and password'],
    ["connect: 'ldap.example:636'", 'everySeconds: 60', 'expected one of `use`'],
    ["connect: 'ldap.example:636'", "use: mail, connect: 'ldap.example:636'", 'got 2 of them'],
    ["connect: 'ldap.example:636'", 'use: mail, everySeconds: 60', 'leave it out'],
    [
      "connect: 'ldap.example:636'",
      "connect: 'a:1', everySeconds: 10, timeoutSeconds: 10",
      'below `everySeconds` (10)',
    ],
    ["connect: 'ldap.example:636'", "connect: 'a:1', everySeconds: 1", 'expected a whole number from 10'],
    ['kind: identity', 'kind: directory', 'expected `identity`'],
    ['inScope: true', 'inScope: true, service: group-directory', 'unknown shared service `group-directory`'],
    [
      'inScope: true',
      'inScope: true, whenDown: { effect: deny-new, suppliers: [nobody] }',
      'unknown supplier `nobody`',
    ],
    ['id: directory', 'id: Directory', 'expected 1 to 63 of a-z'],
  ])('say what to write instead: %s as %s', (from, to, said) => {
    expect(problemsOf(with_(from, to))).toEqual([expect.stringContaining(said)])
  })

  it('are named by policies only where they are declared', () => {
    const files = plantFiles()
    files.set(
      'policies/outage.cedar',
      '@id("outage") @text("t") forbid (principal, action, resource) when { context.unavailable.contains(Dependency::"directry") };',
    )
    const parsed = parseBundle(files)
    expect(parsed.kind === 'invalid' && parsed.problems.map(({ file, reason }) => `${file} ${reason}`)).toEqual([
      expect.stringMatching(/^policies\/outage\.cedar unknown dependency `directry`/),
    ])
  })

  it('out of scope are a warning until a shared service says which risk that is', () => {
    const parsed = parse(with_('inScope: true', 'inScope: false'))
    expect(parsed.kind === 'ok' && parsed.warnings.map(({ reason }) => reason)).toContainEqual(
      expect.stringContaining('`directory` is out of scope, and nothing says which risk that is'),
    )
  })
})

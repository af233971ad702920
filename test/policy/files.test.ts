// What the rules of files.yaml and a grant come to on one path.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crossingsOf, featuresOf, filePermissionOf, judgeFile, judgeTree, maySetVariable } from '../../policy/files.ts'
import { fileSwitches, type FilePermission, type FileRule, type FileSwitch } from '../../policy/model.ts'
import type { AssetId, Login, SupplierId } from '../../policy/ids.ts'
import { smallBundle } from './bundle/small-bundle.ts'

const base: FileRule = {
  id: 'recipes',
  text: 'Recipes come and go.',
  paths: ['/opt/recipes/**'],
  allow: ['list', 'read', 'write'],
  deny: [],
  upload: 'pass',
  download: 'pass',
  withoutVerdict: 'pass',
  releasedBy: ['approver', 'safety-engineer'],
  declaredOnly: false,
  largest: 1_000,
  retention: null,
}
const given = (rules: readonly FileRule[], over: Partial<FilePermission> = {}): FilePermission => ({
  granted: { allow: [...fileSwitches], paths: ['/**'] },
  rules,
  declared: [],
  ...over,
})
const textOf = (permission: FilePermission, op: FileSwitch, path: string): string => {
  const verdict = judgeFile(permission, op, path)
  return verdict.kind === 'refused' ? verdict.text : 'allowed'
}

describe('one thing done to one path', () => {
  it('is allowed where the grant and a rule allow it', () => {
    expect(judgeFile(given([base]), 'write', '/opt/recipes/a/b.xml')).toEqual({
      kind: 'allowed',
      rules: ['recipes'],
      crossing: 'pass',
      withoutVerdict: 'pass',
      releasedBy: ['approver', 'safety-engineer'],
      declaredOnly: false,
      largest: 1_000,
      retention: [],
    })
  })

  it('is refused without a grant of files, outside what was granted, and without a rule', () => {
    expect(textOf(given([base], { granted: null }), 'list', '/opt/recipes')).toContain('granted without files')
    const narrow = given([base], { granted: { allow: ['read'], paths: ['/opt/recipes/line-1/**'] } })
    expect(textOf(narrow, 'read', '/opt/recipes/line-1/a')).toBe('allowed')
    expect(textOf(narrow, 'write', '/opt/recipes/line-1/a')).toContain('was not granted')
    expect(textOf(narrow, 'read', '/opt/recipes/line-2/a')).toContain('was not granted')
    expect(textOf(given([base]), 'read', '/etc/passwd')).toContain('no rule of the plant')
    expect(textOf(given([base]), 'delete', '/opt/recipes/a')).toContain('no rule of the plant')
    expect(textOf(given([]), 'list', '/')).toContain('no rule of the plant')
  })

  it('is refused to a machine account beyond what access.yaml gives it', () => {
    const within = { allow: ['read'], paths: ['/opt/recipes/out/**'] } as const
    expect(textOf(given([base], { within }), 'read', '/opt/recipes/out/a')).toBe('allowed')
    expect(textOf(given([base], { within }), 'read', '/opt/recipes/a')).toContain('machine account')
    expect(textOf(given([base], { within }), 'write', '/opt/recipes/out/a')).toContain('machine account')
  })

  it('crosses as the strictest of every rule that allows it says, and a rule that does not allow it says nothing', () => {
    const strict: FileRule = {
      ...base,
      id: 'strict',
      paths: ['/opt/**'],
      allow: ['write'],
      upload: 'release',
      withoutVerdict: 'refuse',
      releasedBy: ['safety-engineer', 'isms-manager'],
      declaredOnly: true,
      largest: 10,
      retention: 'long',
    }
    expect(judgeFile(given([base, strict]), 'write', '/opt/recipes/a')).toMatchObject({
      rules: ['recipes', 'strict'],
      crossing: 'release',
      withoutVerdict: 'refuse',
      releasedBy: ['safety-engineer'],
      declaredOnly: true,
      largest: 10,
      retention: ['long'],
    })
    expect(judgeFile(given([base, strict]), 'read', '/opt/recipes/a')).toMatchObject({
      rules: ['recipes'],
      crossing: 'pass',
      declaredOnly: false,
      retention: [],
    })
  })

  it('is not let past a rule that forbids by a name a Windows target takes for the same', () => {
    const deny: FileRule = {
      ...base,
      id: 'closed',
      allow: [],
      deny: ['read'],
      paths: ['/C:/Keys/**', '/**/secret.txt'],
    }
    const all = given([{ ...base, paths: ['/**'] }, deny])
    for (const path of [
      '/C:/Keys/a',
      '/c:/keys/a',
      '/C:/KEYS./a',
      '/C:/keys /a',
      '/C:/Keys::$INDEX_ALLOCATION/a',
      '/x/SECRET.TXT',
      '/x/secret.txt.',
      '/x/secret.txt::$DATA',
    ])
      expect(judgeFile(all, 'read', path), path).toMatchObject({ kind: 'refused', rule: 'closed' })
    expect(textOf(all, 'read', '/x/2026-11-22T10:00.log')).toBe('allowed')
  })

  it('does not let a likeness allow anything, and lets it be stricter', () => {
    const strict: FileRule = { ...base, id: 'strict', paths: ['/opt/Recipes/**'], download: 'scan' }
    expect(textOf(given([strict]), 'read', '/opt/recipes/a')).toContain('no rule of the plant')
    expect(judgeFile(given([base, strict]), 'read', '/opt/recipes/a')).toMatchObject({ crossing: 'scan' })
  })

  it.each(['', 'a', './a', '/a/', '/a//b', '/a/./b', '/a/../b', '/..', '/a\\..\\b', '/a\0b', `/${'a'.repeat(5000)}`])(
    'refuses %j, which is no canonical path',
    (path) => {
      expect(judgeFile(given([{ ...base, paths: ['/**'] }]), 'read', path)).toMatchObject({
        kind: 'refused',
        rule: null,
      })
    },
  )

  const name = fc.constantFrom('a', 'b', 'ab', 'x.txt', 'B')
  const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => `/${names.join('/')}`)
  const pattern = fc
    .array(fc.oneof(name, fc.constantFrom('*', '**', 'a*', '*.txt')), { minLength: 1, maxLength: 5 })
    .map((names) => `/${names.join('/')}`)
  const op = fc.constantFrom(...fileSwitches)
  const rule = fc.record({
    paths: fc.array(pattern, { minLength: 1, maxLength: 3 }),
    allow: fc.subarray([...fileSwitches]),
    deny: fc.subarray([...fileSwitches], { maxLength: 2 }),
  })

  it('never gets wider by a rule that forbids', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), rule, op, path, (some, more, what, where) => {
        const rules = some.map((each, i) => ({ ...base, ...each, id: `r${i}` }))
        const before = judgeFile(given(rules), what, where)
        const after = judgeFile(given([...rules, { ...base, ...more, id: 'deny', allow: [] }]), what, where)
        if (before.kind === 'refused') expect(after.kind).toBe('refused')
        if (more.deny.includes(what) && more.paths.includes(where)) expect(after.kind).toBe('refused')
      }),
    )
  })

  it('of a whole tree allows nothing that is refused for any path in it', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 4 }),
        op,
        path,
        fc.array(name, { maxLength: 3 }),
        (some, what, top, below) => {
          const rules = some.map((each, i) => ({ ...base, ...each, id: `r${i}` }))
          const inside = [top, ...below].join('/')
          if (judgeTree(given(rules), what, top).kind === 'allowed')
            expect(judgeFile(given(rules), what, inside).kind).toBe('allowed')
        },
      ),
    )
  })
})

describe('a whole tree', () => {
  it('is allowed where one pattern means all of it, and nothing below is forbidden', () => {
    expect(judgeTree(given([base]), 'read', '/opt/recipes').kind).toBe('allowed')
    expect(judgeTree(given([{ ...base, paths: ['/opt/recipes/*'] }]), 'read', '/opt/recipes').kind).toBe('refused')
    const deny: FileRule = { ...base, id: 'no', allow: [], deny: ['read'], paths: ['/opt/recipes/line-1/key'] }
    expect(judgeTree(given([base, deny]), 'read', '/opt/recipes').kind).toBe('refused')
    expect(judgeTree(given([base, deny]), 'read', '/opt/recipes/line-2').kind).toBe('allowed')
  })

  it('crosses as the strictest rule about anything in it says', () => {
    const inside: FileRule = { ...base, id: 'inside', paths: ['/opt/recipes/line-1/*.bin'], download: 'release' }
    expect(judgeTree(given([base, inside]), 'read', '/opt/recipes')).toMatchObject({ crossing: 'release' })
  })
})

describe('what holds in a session', () => {
  const bundle = smallBundle()
  const asset = bundle.assets.get('ews-1' as AssetId)
  if (asset === undefined) throw new Error('expected ews-1 in the small bundle')
  const vendor = { supplier: 'acme-drives' as SupplierId, login: 'anna' as Login }
  const transfer = { allow: ['list', 'read', 'write', 'delete'], paths: ['/opt/drives/**'] } as const

  it('is what the rules about the asset and the person say, and what the grant gives', () => {
    const permission = filePermissionOf(bundle, asset, vendor, { transfer, operationClass: 'operate' }, [])
    expect(permission.rules.map(({ id }) => id)).toEqual(['drive-parameters', 'keys-stay'])
    expect(permission.granted).toEqual(transfer)
    const own = filePermissionOf(bundle, asset, { ...vendor, supplier: null }, { operationClass: 'operate' }, [])
    expect(own.rules.map(({ id }) => id)).toEqual(['keys-stay'])
    expect(own.granted).toBeNull()
  })

  it('lets nothing cross unseen where the maker looks after the asset no more, and makes nothing milder', () => {
    const rules: FileRule[] = [
      { ...base, id: 'lax' },
      { ...base, id: 'strict', upload: 'release', withoutVerdict: 'refuse' },
    ]
    const held = (unsupported: boolean) =>
      filePermissionOf(
        { ...bundle, files: rules },
        { ...asset, unsupported },
        vendor,
        { operationClass: 'operate' },
        [],
      ).rules.map(({ upload, download, withoutVerdict }) => `${upload} ${download} ${withoutVerdict}`)
    expect(held(false)).toEqual(['pass pass pass', 'release pass refuse'])
    expect(held(true)).toEqual(['scan scan hold', 'release scan refuse'])
  })

  it('is listing and reading for who only observes, and while a session only looks', () => {
    const looking = { ...transfer, allow: ['list', 'read'] }
    expect(filePermissionOf(bundle, asset, vendor, { transfer, operationClass: 'observe' }, []).granted).toEqual(
      looking,
    )
    expect(filePermissionOf(bundle, asset, vendor, { transfer, operationClass: 'operate' }, [], true).granted).toEqual(
      looking,
    )
    const brings = { allow: ['write'], paths: ['/opt/drives/**'] } as const
    expect(
      filePermissionOf(bundle, asset, vendor, { transfer: brings, operationClass: 'observe' }, []).granted,
    ).toBeNull()
  })

  it('gives features by the endpoint: no terminal to a machine, nothing forwarded while somebody looks', () => {
    const endpoint = { features: ['terminal', 'command', 'sftp', 'forward'] } as const
    expect(featuresOf({})).toEqual(['terminal', 'command'])
    expect(featuresOf(endpoint)).toEqual(endpoint.features)
    expect(featuresOf(endpoint, { isMachine: true })).toEqual(['command', 'sftp'])
    expect(featuresOf(endpoint, { looks: true })).toEqual(['terminal', 'command', 'sftp'])
  })

  it('lets the variables of the endpoint be set, and the language where it names none', () => {
    expect(['LANG', 'LC_ALL', 'lang', 'LD_PRELOAD', 'LANGUAGE'].map((each) => maySetVariable({}, each))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
    expect(maySetVariable({ environment: [] }, 'LANG')).toBe(false)
  })
})

describe('how content is expected to cross', () => {
  const rules: readonly FileRule[] = [
    { ...base, id: 'wide', paths: ['/opt/**'], upload: 'scan' },
    { ...base, id: 'narrow', paths: ['/opt/fw/*.bin'], upload: 'release', declaredOnly: true },
  ]
  it('is at least as strict as the rules that mean all of a path, and no stricter than one that may not be about it', () => {
    const asked = { allow: ['list', 'write'], paths: ['/opt/fw/**', '/opt/fw/a.bin', '/etc/*'] } as const
    expect(crossingsOf(asked, rules)).toEqual([
      { path: '/opt/fw/**', way: 'bring', crossing: 'scan', declaredOnly: false, rules: ['wide', 'narrow'] },
      { path: '/opt/fw/a.bin', way: 'bring', crossing: 'release', declaredOnly: true, rules: ['wide', 'narrow'] },
      { path: '/etc/*', way: 'bring', crossing: null, declaredOnly: false, rules: [] },
    ])
  })
})

// `--files` and `--path`: what they ask for, and what of it is taken from the rules of the asset.

import { describe, expect, it } from 'vitest'
import { transferAsked, transferLess } from '../../../gateway/cli/transfer-asked.ts'
import type { AssetView } from '../../../gateway/contract/views.ts'

const rule = { id: 'r', text: '', upload: 'scan', download: 'pass', declaredOnly: false } as const
const asset = {
  files: {
    features: ['sftp'],
    rules: [
      { ...rule, paths: ['/opt/in/**'], allow: ['list', 'write', 'mkdir'] },
      { ...rule, paths: ['/opt/out/**'], allow: ['list', 'read'] },
    ],
  },
} as unknown as AssetView

describe('files on the command line', () => {
  it('are none where nothing is said', () => {
    expect(transferAsked({ path: [] }, [asset])).toBeNull()
    expect(() => transferAsked({ path: ['/a'] }, [asset])).toThrow('only beside --files')
  })

  it('go a way, with what the rules let come along, where the rules let them', () => {
    expect(transferAsked({ files: 'in', path: [] }, [asset])).toEqual({
      allow: ['list', 'write', 'mkdir'],
      paths: ['/opt/in/**'],
    })
    expect(transferAsked({ files: 'out', path: [] }, [asset])).toEqual({
      allow: ['list', 'read'],
      paths: ['/opt/out/**'],
    })
  })

  it('go where the person says', () => {
    expect(transferAsked({ files: 'both', path: ['/opt/in/a', '/opt/in/a', '/x'] }, [])).toEqual({
      allow: ['list', 'read', 'write'],
      paths: ['/opt/in/a', '/x'],
    })
    expect(transferAsked({ files: 'list, delete', path: ['/x'] }, [])).toEqual({
      allow: ['list', 'delete'],
      paths: ['/x'],
    })
  })

  it('are refused where no rule says where, and with words that are none', () => {
    expect(() => transferAsked({ files: 'both', path: [] }, [asset])).toThrow('--path: expected where on the target')
    expect(() => transferAsked({ files: 'sideways', path: ['/x'] }, [])).toThrow('got `sideways`')
  })

  it('are made less of what stands', () => {
    const standing = { allow: ['list', 'read', 'write'] as ('list' | 'read' | 'write')[], paths: ['/opt/**'] }
    expect(transferLess({ path: [] }, standing)).toBeUndefined()
    expect(transferLess({ files: 'none', path: [] }, standing)).toBeNull()
    expect(transferLess({ files: 'out', path: [] }, standing)).toEqual({ allow: ['list', 'read'], paths: ['/opt/**'] })
    expect(transferLess({ path: ['/opt/a'] }, standing)).toEqual({ ...standing, paths: ['/opt/a'] })
    expect(() => transferLess({ files: 'out', path: [] }, null)).toThrow('no files are asked for')
  })
})

import { expect, it } from 'vitest'

import { barsMove } from '../../../../gateway/guards/sftp/move.ts'
import { fileRule, permissionOf } from '../../../support/sftp-scene.ts'

const permission = permissionOf([
  fileRule('free', ['/free/**']),
  fileRule('looked-at', ['/looked-at/**'], { upload: 'scan' }),
  fileRule('labelled', ['/labelled/**'], { download: 'release' }),
  fileRule('drop', ['/drop/**'], { allow: ['write', 'rename'] }),
  fileRule('some', ['/free/*/secret'], { deny: ['read'] }),
  fileRule('kept', ['/kept/**'], { allow: ['read', 'rename'] }),
  fileRule('declared', ['/declared/**'], { declaredOnly: true }),
])

it.each([
  ['/free/a', '/free/b', null],
  ['/free/a', '/labelled/a', null],
  ['/looked-at/a', '/free/a', null],
  ['/labelled/a', '/free/a', 'more easily'],
  ['/drop/a', '/free/a', 'more easily'],
  ['/free/a', '/looked-at/a', 'more closely'],
  ['/free/a', '/declared/a', 'more closely'],
  ['/free/x/secret', '/free/a', 'more easily'],
  ['/free/a', '/other/a', 'no rule'],
  ['/free/a', '/kept/a', 'nothing may be brought'],
  ['/kept/a', '/kept/b', null],
])('a file goes from %s to %s: %s', (from, to, text) => {
  const bar = barsMove(permission, 'rename', from, to, false)
  if (text === null) expect(bar).toBe(null)
  else expect(bar).toContain(text)
})

it('moves a folder only where everything in it is under the same rules', () => {
  expect(barsMove(permission, 'rename', '/free/a', '/free/b', true)).toContain('not everything is under the same rules')
  expect(barsMove(permission, 'rename', '/looked-at/a', '/looked-at/b', true)).toBe(null)
})

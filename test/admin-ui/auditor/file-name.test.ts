import { describe, expect, it } from 'vitest'

import { fileNameOf } from '../../../admin-ui/src/auditor/file-name.ts'

describe('the name of a download', () => {
  it('is the one the gateway gives', () => {
    expect(fileNameOf('attachment; filename="sallyport-export-2026-11-21T130000.tar"')).toBe(
      'sallyport-export-2026-11-21T130000.tar',
    )
  })

  it.each([null, '', 'attachment', 'attachment; filename="../evil"', 'attachment; filename=".profile"', 'filename=x'])(
    'is none for %j',
    (header) => {
      expect(fileNameOf(header)).toBeNull()
    },
  )
})

import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { formatBytes } from '../../../admin-ui/src/display/bytes.ts'
import {
  clearTextWord,
  controlWords,
  criticalityWord,
  endReasonWords,
  frameworkName,
  needsTitle,
  protocolMeaning,
  safetyWord,
} from '../../../admin-ui/src/display/words.ts'
import type { EndReason } from '../../../policy/events.ts'
import controls from '../../../policy/register/controls.json' with { type: 'json' }

const sources = fileURLToPath(new URL('../../../admin-ui/src', import.meta.url))

describe('the words of the page', () => {
  it('speak of evidence, never of compliance or certification', () => {
    for (const file of globSync('**/*.{ts,tsx}', { cwd: sources })) {
      expect(readFileSync(`${sources}/${file}`, 'utf8'), file).not.toMatch(/complian(?:t|ce)|certif(?:y|ied|ication)/i)
    }
  })

  it('ask for another person only where more than one approval is needed', () => {
    expect(needsTitle(1)).toBe('The approval it needs')
    expect(needsTitle(2)).toBe('Approvals it needs, each of another person')
  })

  it('tell every control state apart without its colour', () => {
    const shown = Object.values(controlWords).map(({ word, mark }) => `${mark} ${word}`)
    expect(new Set(shown).size).toBe(shown.length)
  })

  it('tell whoever approves where an asset is reached in clear text', () => {
    expect(clearTextWord('ssh')).toBeNull()
    for (const protocol of ['telnet', 'tcp']) {
      expect(clearTextWord(protocol)?.word).toBe(`Clear text (${protocol})`)
      expect(protocolMeaning(protocol)).toContain('clear text')
    }
    expect(protocolMeaning('ssh')).not.toContain('clear text')
  })

  it('name every framework of the control catalogue', () => {
    for (const { mappings } of controls) {
      for (const key of Object.keys(mappings)) expect(frameworkName(key), key).not.toBe(key)
    }
  })

  it('say of every end of a session why it came', () => {
    const reasons = {
      client: true,
      target: true,
      expired: true,
      revoked: true,
      killed: true,
      'person-disabled': true,
      'owner-gone': true,
      'account-ended': true,
      'policy-changed': true,
      suspended: true,
      'contract-ended': true,
      'attestation-ended': true,
      'scope-changed': true,
      'conduit-closed': true,
      'presence-gone': true,
      'host-key-withdrawn': true,
      'key-revoked': true,
      'dependency-down': true,
      'escort-gone': true,
      'escort-missing': true,
      idle: true,
      'recorder-failed': true,
      'target-unreachable': true,
      'host-key-mismatch': true,
      'target-protocol': true,
      'target-refused-login': true,
      'gateway-stopped': true,
      'worker-died': true,
      'flow-violation': true,
      interrupted: true,
    } satisfies Record<EndReason, true>
    for (const reason of Object.keys(reasons)) expect(endReasonWords(reason), reason).not.toBe(reason)
  })

  it('rank a safety system above what is only related to safety', () => {
    expect(safetyWord('SIS')?.tone).toBe('bad')
    expect(safetyWord('related')?.tone).toBe('warn')
    expect(safetyWord('none')).toBeNull()
    expect(criticalityWord('high').word).toBe('High criticality')
  })
})

describe('an amount of bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1_440_000, '1.4 MB'],
    [23_400_000_000, '23 GB'],
    [999_999, '1.0 MB'],
  ])('of %i is `%s`', (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words)
  })
})

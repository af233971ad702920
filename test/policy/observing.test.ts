// Access of class observe over a protocol that cannot tell looking from doing: what decisions and words say of it.

import { describe, expect, it } from 'vitest'
import { decide } from '../../policy/decide.ts'
import { explain } from '../../policy/explain.ts'
import type { AssetId } from '../../policy/ids.ts'
import type { Decision } from '../../policy/model.ts'
import { sayObligation } from '../../policy/obligations.ts'
import { bundleFrom, factsOf, plantFiles, requestOf, type Scenario } from './scenario.ts'

const declared = "observe: ['journalctl -f', 'cat /var/log/hist.log']"
const credential = 'credential: hist-1-service\n'

/** What looking at the historian obliges to, where its owner vouches for what `more` says, and where a policy says so. */
function looking(more: string, policy = '', operationClass: 'observe' | 'operate' = 'observe'): Decision {
  const files = plantFiles()
  const assets = files.get('assets.yaml') ?? ''
  files.set('assets.yaml', assets.replace(credential, `${credential}        ${more}\n`))
  if (policy !== '') files.set('policies/more.cedar', policy)
  const scenario: Scenario = {
    name: 'looking',
    person: 'plant-engineer',
    request: { action: 'connect', asset: 'hist-1' as AssetId, grant: { operationClass } },
    expect: { kind: 'permit', rules: [] },
  }
  return decide(requestOf(scenario), bundleFrom(files), factsOf(scenario))
}

const observeOnly = (decision: Decision): unknown =>
  decision.kind === 'permit' ? decision.obligations.find(({ kind }) => kind === 'observe-only') : decision

describe('observing over ssh', () => {
  it('names the commands that may be run, word for word, in the obligation and in what people read', () => {
    const decision = looking(declared)
    const obligation = { kind: 'observe-only', commands: ['journalctl -f', 'cat /var/log/hist.log'] } as const
    expect(observeOnly(decision)).toEqual(obligation)
    const text =
      'Only looking is allowed: nothing typed reaches the target, and no other command can be run than exactly `journalctl -f` or `cat /var/log/hist.log`.'
    expect(sayObligation(obligation)).toBe(text)
    expect(explain(decision)).toContain(text)
  })

  it('says that no command can be run where the owner vouches for none', () => {
    expect(observeOnly(looking('observe: []'))).toEqual({ kind: 'observe-only' })
    expect(sayObligation({ kind: 'observe-only' })).toContain('no command can be run')
  })

  it('names them too where a policy asks for looking only, whatever was granted', () => {
    const duty =
      '@id("looked-at") @text("Looked at.") @duty @obligation("observe-only") permit (principal, action == Action::"connect", resource);'
    expect(observeOnly(looking(declared, duty, 'operate'))).toMatchObject({
      commands: ['journalctl -f', expect.any(String)],
    })
    expect(observeOnly(looking(declared, '', 'operate'))).toBeUndefined()
  })

  it('says a long command whole, since part of it is another command', () => {
    const command = `cat ${'/very/long'.repeat(15)}`
    expect(sayObligation({ kind: 'observe-only', commands: [command] })).toContain(`\`${command}\``)
  })
})

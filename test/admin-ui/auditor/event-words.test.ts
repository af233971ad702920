// The words for the types of evidence: none is missing, none is left over, no two read alike.

import { describe, expect, it } from 'vitest'

import { eventWords, typeChoices, wordsOf } from '../../../admin-ui/src/auditor/event-words.ts'
import type { EventWords } from '../../../admin-ui/src/auditor/event-words/words.ts'
import type { EventType } from '../../../policy/index.ts'
import { catalogue } from '../../../policy/register/catalogue.ts'
import { declaredEvents } from '../../support/declared-events.ts'

// The type is a check as well: a type of event without words does not compile, nor do words for one that is none.
const typed: Readonly<Record<EventType, EventWords>> = eventWords

describe('the words for evidence', () => {
  it('are there for every event there is, and for no other', () => {
    expect(declaredEvents.length).toBeGreaterThan(90)
    expect(Object.keys(typed).toSorted()).toEqual(declaredEvents.toSorted())
  })

  it('differ from each other, and are short titles and whole sentences', () => {
    const all = Object.values<EventWords>(typed)
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length)
    for (const { title, meaning } of all) {
      expect(title).toMatch(/^[A-Z].{2,30}$/)
      expect(meaning).toMatch(/^[A-Z].*\.$/)
    }
  })

  it('name everything a control reads', () => {
    for (const { evidenceEvents } of catalogue.values())
      for (const type of evidenceEvents) expect(wordsOf(type), type).not.toBeNull()
  })

  it('offer every type by its title, and an unknown one by its name', () => {
    const choices = typeChoices(['later.thing', 'session.ended'])
    expect(choices).toHaveLength(declaredEvents.length + 1)
    expect(choices).toContainEqual({ value: 'later.thing', label: 'later.thing' })
    expect(choices).toContainEqual({ value: 'session.ended', label: 'Session ended' })
    expect(wordsOf('toString')).toBeNull()
  })
})

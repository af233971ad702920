// How a person is named in the output: so that they are recognised, and can be typed.

import type { PersonRef } from '../contract/views.ts'

export const nameOf = (person: PersonRef | null, nobody: string): string =>
  person === null ? nobody : `${person.displayName} (${person.login})`

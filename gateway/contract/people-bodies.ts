// What is sent to take a prepared account into use.

import { Type, type Static } from 'typebox'
import { closed } from './primitives.ts'

const ofSecret = {
  login: Type.String({ minLength: 1, maxLength: 256 }),
  secret: Type.String({ minLength: 1, maxLength: 256, description: 'the one-time secret that was handed over' }),
}

export const EnrolmentBody = Type.Object(ofSecret, closed)
export type EnrolmentBody = Static<typeof EnrolmentBody>

export const FinishEnrolmentBody = Type.Object(
  {
    ...ofSecret,
    password: Type.String({ minLength: 1, maxLength: 1024 }),
    totp: Type.String({ minLength: 1, maxLength: 16 }),
  },
  closed,
)
export type FinishEnrolmentBody = Static<typeof FinishEnrolmentBody>

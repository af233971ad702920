// Schemas that are no view of their own.

import { Type } from 'typebox'

export const Instant = Type.Integer({ minimum: 0, description: 'milliseconds since 1970-01-01T00:00:00Z' })
export const closed = { additionalProperties: false } as const
export const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])

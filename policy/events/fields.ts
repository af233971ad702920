// The words that event schemas are written in: JSON Schema made with TypeBox, each schema with the type of what it takes.
// A schema and its type are one declaration here; checking an entry against it is check.ts's.
//
// Maps are closed: what an entry says beyond its schema is not known to whoever reads it by that schema.

import { Type, type TOptional, type TSchema, type TUnsafe } from 'typebox'

/** A schema that takes values of a type. */
export type Of<T> = TUnsafe<T>

/** What a schema takes. */
export type ValueOf<S> = S extends TUnsafe<infer T> ? T : never

/** What the entries of a theme carry, by type of event. */
export type EventsOf<Schemas> = { readonly [T in keyof Schemas]: ValueOf<Schemas[T]> }

export type Fields = Readonly<Record<string, TUnsafe>>

type Optionals<F> = { [K in keyof F]: F[K] extends TOptional ? K : never }[keyof F]
type RecordOf<F> = Whole<
  { readonly [K in Exclude<keyof F, Optionals<F>>]: ValueOf<F[K]> } & {
    readonly [K in Optionals<F>]?: ValueOf<F[K]>
  }
>
type Whole<T> = { readonly [K in keyof T]: T[K] }

export const text: Of<string> = Type.Unsafe(Type.String())
export const flag: Of<boolean> = Type.Unsafe(Type.Boolean())
export const number: Of<number> = Type.Unsafe(Type.Number())
/** Milliseconds since 1970-01-01T00:00:00Z. */
export const instant: Of<number> = named(
  'Instant',
  said('Milliseconds since 1970-01-01T00:00:00Z.', Type.Unsafe(Type.Integer())),
)
/** How many of each, by name. */
export const counts: Of<Readonly<Record<string, number>>> = Type.Unsafe({
  type: 'object',
  additionalProperties: Type.Number(),
})

/** A text for each of some names. */
export const texts: Of<Readonly<Record<string, string>>> = Type.Unsafe({
  type: 'object',
  additionalProperties: Type.String(),
})

/** A text of a form, as a regular expression. */
export function formed<T extends string>(pattern: string): Of<T> {
  return Type.Unsafe(Type.String({ pattern }))
}

/** Exactly these fields, but for optional ones. */
export function record<const F extends Fields>(fields: F): Of<RecordOf<F>> {
  return Type.Unsafe(Type.Object(fields, { additionalProperties: false }))
}

/** A field that may be absent; an entry never holds `undefined`. */
export function optional<S extends TUnsafe>(schema: S): TOptional<S> {
  return Type.Optional<TSchema>(schema) as TOptional<S>
}

export function list<T>(items: Of<T>): Of<readonly T[]> {
  return Type.Unsafe(Type.Array(items))
}

export function oneOf<const V extends readonly (string | number)[]>(values: V): Of<V[number]> {
  return Type.Unsafe({ enum: [...values] })
}

/** What one of several schemas takes. */
export function either<const S extends readonly TUnsafe[]>(...schemas: S): Of<ValueOf<S[number]>> {
  return Type.Unsafe(Type.Union([...schemas]))
}

export function orNull<T>(schema: Of<T>): Of<T | null> {
  return Type.Unsafe(Type.Union([schema, Type.Null()]))
}

/** The same schema with a sentence on what it means here. */
export function said<T>(description: string, schema: Of<T>): Of<T> {
  return Type.Unsafe({ ...schema, description })
}

/** The same schema under a name of its own: published once, and referred to where it stands. */
export function named<T>(title: string, schema: Of<T>): Of<T> {
  return Type.Unsafe({ title, ...schema })
}

/** What entries of one type carry, and in a sentence what one of them shows. */
export function event<const F extends Fields>(shows: string, fields: F): Of<RecordOf<F>> {
  return said(shows, record(fields))
}

/** For a type that is declared elsewhere: its schema, which takes that type, no more and no less, or does not compile. */
export function exactly<T>(): <S extends T>(schema: [T] extends [S] ? Of<S> : never) => Of<T> {
  return (schema) => Type.Unsafe<T>(schema)
}

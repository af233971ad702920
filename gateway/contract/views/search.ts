// What is answered about searching in recordings.

import { Type, type Static } from 'typebox'
import { PersonRef } from './parts.ts'
import { Instant, closed, orNull } from '../primitives.ts'

/** How far the recordings are indexed. */
export const SearchIndexView = Type.Object(
  {
    on: Type.Boolean(),
    recordings: Type.Integer(),
    /** Of these still being indexed, living ones among them. */
    partial: Type.Integer(),
    /** Could not be read, or not to their end. */
    failed: Type.Integer(),
    /** Hold more text than is indexed of one recording. */
    cut: Type.Integer(),
    bytes: Type.Integer(),
  },
  closed,
)
export type SearchIndexView = Static<typeof SearchIndexView>

export const SearchOpenedView = Type.Object(
  { token: Type.String(), expiresAt: Instant, index: SearchIndexView },
  closed,
)
export type SearchOpenedView = Static<typeof SearchOpenedView>

export const SearchHitView = Type.Object(
  {
    session: Type.String(),
    person: PersonRef,
    asset: Type.String(),
    assetName: Type.String(),
    startedAt: Instant,
    channel: Type.Integer(),
    side: Type.Union([
      Type.Literal('typed'),
      Type.Literal('shown'),
      Type.Literal('command'),
      Type.Literal('file'),
      /** Who, what and why of the session; not in a channel. */
      Type.Literal('about'),
    ]),
    /** Seconds since the channel was opened: where a replay of it shows the hit. */
    at: Type.Number(),
    /** On one line, nothing in it acts. `hit`: it answers the query. */
    snippet: Type.Array(Type.Object({ text: Type.String(), hit: Type.Boolean() }, closed)),
  },
  closed,
)
export type SearchHitView = Static<typeof SearchHitView>

/** Hits in recordings that the reader may see, newest session first. */
export const SearchView = Type.Object({ hits: Type.Array(SearchHitView), next: orNull(Type.String()) }, closed)
export type SearchView = Static<typeof SearchView>

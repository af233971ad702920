// What is answered about files that are asked for, granted, or open to be asked for. Files on their way through the
// airlock are another view's.

import { Type, type Static } from 'typebox'
import { FileSwitchView, FileTermsView } from './handling.ts'
import { closed, orNull } from '../primitives.ts'

export const CrossingView = Type.Union([Type.Literal('pass'), Type.Literal('scan'), Type.Literal('release')])
export type CrossingView = Static<typeof CrossingView>

/** Files of a request or grant, as whoever decides weighs them. */
export const TransferView = Type.Object(
  {
    ...FileTermsView.properties,
    /** In words, the gravest first. */
    text: Type.String(),
    ways: Type.Array(
      Type.Union([Type.Literal('bring'), Type.Literal('fetch'), Type.Literal('change'), Type.Literal('list')]),
    ),
    /** How content crosses there by the rules in force now, at the least. */
    crossings: Type.Array(
      Type.Object(
        {
          path: Type.String(),
          way: Type.Union([Type.Literal('bring'), Type.Literal('fetch')]),
          /** Null: no rule lets any through. */
          crossing: orNull(CrossingView),
          /** Only what the request declares by its digest. */
          declaredOnly: Type.Boolean(),
          rules: Type.Array(Type.String()),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type TransferView = Static<typeof TransferView>

/** What of files could be asked for on an asset. */
export const OpenFilesView = Type.Object(
  {
    /** Programs the asset is open for. */
    features: Type.Array(Type.String()),
    rules: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          text: Type.String(),
          paths: Type.Array(Type.String()),
          allow: Type.Array(FileSwitchView),
          upload: CrossingView,
          download: CrossingView,
          declaredOnly: Type.Boolean(),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type OpenFilesView = Static<typeof OpenFilesView>

// Who is logged in, for the pages inside.

import { useSuspenseQuery } from '@tanstack/react-query'
import type { PersonView } from '../../../gateway/contract/views.ts'
import { meQuery } from '../api/queries.ts'

/** The person logged in; only for pages below the shell, which is drawn when there is one. */
export const usePerson = (): PersonView => useSuspenseQuery(meQuery).data.person

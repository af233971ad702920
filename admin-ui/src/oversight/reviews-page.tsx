// Looking back: access to be reviewed, standing eligibility, and what is borne as an exception.

import { Page } from '../display/page.tsx'
import { usePerson } from '../session/person.ts'
import { Attestations } from './attestations.tsx'
import { Campaigns } from './campaigns.tsx'
import { Exceptions } from './exceptions.tsx'
import { Reviews } from './reviews.tsx'
import { Samples } from './samples.tsx'

export function ReviewsPage() {
  const oversees = usePerson().roles.some((role) => role === 'isms-manager' || role === 'admin' || role === 'auditor')
  return (
    <Page title="Reviews" lead="What has to be looked at again, and who may still come.">
      <Reviews />
      {oversees && <Samples />}
      {oversees && <Campaigns />}
      {oversees && <Attestations />}
      <Exceptions />
    </Page>
  )
}

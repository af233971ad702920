// What is shown where there is no page, or none for this person, and where a page failed to draw.

import { IconDoorOff, IconMoodEmpty } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { ButtonLink } from '../display/button-link.tsx'
import { Empty, Failure } from '../display/loaded.tsx'
import { Page } from '../display/page.tsx'

/** An address without a page, or one that is not for the person's roles. */
export function NothingHere() {
  return (
    <Page title="Nothing here">
      <Empty icon={<IconDoorOff size={32} />} title="There is nothing here, or it is not yours to see">
        <ButtonLink to="/" variant="default" mt="xs">
          Go to your start page
        </ButtonLink>
      </Empty>
    </Page>
  )
}

/** The same without the frame, for addresses outside of every page. */
export function NothingAtAll() {
  return (
    <main className="sp-alone">
      <NothingHere />
    </main>
  )
}

/** Somebody whose roles have no page in this application. */
export function NoPages() {
  return (
    <Page title="No pages for your roles">
      <Empty icon={<IconMoodEmpty size={32} />} title="None of your roles has a page here">
        Ask the administrator of this gateway which role you should have.
      </Empty>
    </Page>
  )
}

/** A page that could not be loaded or drawn. */
export function PageFailed({ error }: { error: unknown }) {
  const router = useRouter()
  return (
    <Page title="This page failed">
      <Failure problem={error} retry={() => void router.invalidate()} />
    </Page>
  )
}

// A link of the router that looks like a button.

import { Button, type ButtonProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, Ref } from 'react'

type Props = Omit<ButtonProps, 'component'> & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps>

function AnchorButton({ ref, ...props }: Props & { readonly ref?: Ref<HTMLAnchorElement> }) {
  return <Button component="a" ref={ref ?? null} {...props} />
}

export const ButtonLink = createLink(AnchorButton)

// What is typed in a form: a line, or some. The browser offers nothing it remembers, since what belongs here is new each time.

import { Textarea, TextInput, type TextareaProps, type TextInputProps } from '@mantine/core'

type Typed<T> = Omit<T, 'onChange'> & { readonly onChange: (text: string) => void }

export function TextLine({ onChange, ...rest }: Typed<TextInputProps>) {
  return <TextInput autoComplete="off" {...rest} onChange={(event) => onChange(event.currentTarget.value)} />
}

/** Grows with what is typed, from two lines to six where nothing else is said. */
export function TextLines({ onChange, ...rest }: Typed<TextareaProps>) {
  return (
    <Textarea
      autosize
      minRows={2}
      maxRows={6}
      maxLength={500}
      {...rest}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

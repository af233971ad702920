// A line of text to be taken into another program, such as a command, with a button that copies it.

import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'

/** `label` names what is copied (`command`, `fingerprint`): the button is called `Copy command`. */
export function CopyLine({ text, label }: { text: string; label: string }) {
  const clipboard = useClipboard({ timeout: 2000 })
  return (
    <div className="sp-copy">
      <input
        readOnly
        spellCheck={false}
        aria-label={label.charAt(0).toUpperCase() + label.slice(1)}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button
        size="xs"
        variant="default"
        aria-label={`Copy ${label}`}
        leftSection={clipboard.copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        onClick={() => clipboard.copy(text)}
      >
        <span aria-live="polite">{clipboard.error !== null ? 'Select it' : clipboard.copied ? 'Copied' : 'Copy'}</span>
      </Button>
    </div>
  )
}

// The mark: a wall with a small gate in it, which is what a sally port is.

export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="7" fill="#0e7085" />
      <path fill="#fff" d="M5 8h4v3h3V8h3v3h2V8h3v3h3V8h4v17h-7v-5.5a4 4 0 0 0-8 0V25H5z" />
      <path fill="#fff" d="M15 19.5h2V25h-2z" opacity=".55" />
    </svg>
  )
}

// The wall behind the login: an ornament, drawn so that it needs no file and says nothing to a screen reader.

export function Wall() {
  return (
    <svg className="sp-wall" aria-hidden focusable="false" width="100%" height="120">
      <defs>
        <pattern id="sp-merlons" width="72" height="120" patternUnits="userSpaceOnUse">
          <path d="M0 0h36v22h36v98H0z" />
        </pattern>
        <pattern id="sp-courses" width="72" height="48" patternUnits="userSpaceOnUse" y="24">
          <path d="M0 .5h72M0 24.5h72M18 .5v24M54 24.5v24" fill="none" />
        </pattern>
      </defs>
      <rect width="100%" height="120" fill="url(#sp-merlons)" />
      <rect y="24" width="100%" height="96" fill="url(#sp-courses)" />
    </svg>
  )
}

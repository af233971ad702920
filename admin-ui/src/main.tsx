// Puts the page together: look, cache, router, and the way back to the login when it has ended.

import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './style/colours.css'
import './style/frame.css'
import './style/parts.css'
import './style/lists.css'
import './style/narrow.css'

import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { onSignedOut } from './api/gateway.ts'
import { mayPass } from './api/problem.ts'
import { createPageRouter } from './routes.tsx'
import { theme, variables } from './theme.ts'

const cache = new QueryClient({
  defaultOptions: {
    queries: { retry: (failures, problem) => failures < 2 && mayPass(problem), refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
})
const router = createPageRouter(cache)

onSignedOut(() => {
  const { pathname, href } = router.state.location
  if (pathname === '/login') return
  void router.navigate({ to: '/login', search: { next: href, ended: true } }).then(() => cache.clear())
})

const place = document.getElementById('root')
if (place === null) throw new Error('page: expected an element `root`, found none')
createRoot(place).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={cache}>
        <Notifications position="bottom-right" />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)

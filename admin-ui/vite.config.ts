// How the web application is built: one folder of static files that the gateway serves from its own origin under a
// strict Content-Security-Policy. Nothing inline, no source maps, no address of any other origin.

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from './precompress.ts'

export default defineConfig({
  base: '/',
  plugins: [react(), precompress()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2023',
    // The policy allows no `data:` font and no inline script, so every asset stays a file of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // Few files instead of one for every icon: what all pages stand on, what they look like, and what they share.
        codeSplitting: {
          groups: [
            { name: 'frame', test: /node_modules[\\/](?:react|react-dom|scheduler|@tanstack)[\\/]/ },
            { name: 'look', test: /node_modules[\\/](?:@mantine|@floating-ui|@tabler|clsx)[\\/]/ },
            { name: 'shared', test: /admin-ui[\\/]src[\\/](?:api|display|time|session|shell)[\\/]/ },
          ],
        },
      },
    },
  },
})

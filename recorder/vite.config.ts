// How the verifier becomes one file: everything it stands on, as it is written, with nothing made shorter. An auditor reads it.

import { defineConfig } from 'vite'

export default defineConfig({
  ssr: { noExternal: true },
  build: {
    ssr: 'verifier.ts',
    outDir: 'dist',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      output: {
        entryFileNames: 'sallyport-verify.mjs',
        banner:
          '// The verifier of Sallyport evidence, made of recorder/verifier.ts: see recorder/FORMAT.md for what it checks.',
      },
    },
  },
})

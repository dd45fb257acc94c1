import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The pages are served with `default-src 'self'`: nothing may become a data: address or an inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['', 'reviews/', 'devices/', 'cameras/', 'staff/', 'sign-in/'].map(
        (page) => `${import.meta.dirname}/${page}index.html`,
      ),
    },
  },
})

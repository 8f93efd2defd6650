import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const root = resolve(import.meta.dirname, '..');
/** The licences of what is in the bundle: packages ship them, see `packages/licences.mjs`. */
const license = { fileName: 'licences.md' };

/** One build for the main process, the command line, the library, the preload and the window. */
export default defineConfig({
  main: {
    root,
    // React draws the charts of reports: without its checks, which would speak in a terminal.
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: resolve(root, 'out/main'),
      // What we use is `devDependencies`, and bundled: file by file it costs a third of a second at each start. `dependencies`
      // are for who installs us: libraries of the system, which can't be in a bundle, and zod, which our types name.
      externalizeDeps: { exclude: ['zod'] },
      license,
      rollupOptions: {
        input: {
          main: resolve(root, 'electron/start.ts'),
          window: resolve(root, 'electron/app/main.ts'),
          library: resolve(root, 'electron/library.ts'),
          'thumbnail-worker': resolve(root, 'electron/app/thumbnails/worker.ts'),
          // An entry, so that what it brings is no part of the package for pipelines.
          updater: resolve(root, 'electron/app/updates/updater.ts'),
        },
      },
    },
  },
  preload: {
    root,
    build: {
      outDir: resolve(root, 'out/preload'),
      license,
      externalizeDeps: false,
      rollupOptions: {
        input: { preload: resolve(root, 'electron/preload/preload.ts') },
        // A sandboxed preload can't be an ES module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'renderer'),
    plugins: [react()],
    build: {
      outDir: resolve(root, 'out/renderer'),
      license,
      rollupOptions: { input: resolve(root, 'renderer/index.html') },
    },
  },
});

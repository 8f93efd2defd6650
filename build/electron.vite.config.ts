import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { dependencies } from '../package.json';

const bundled = Object.keys(dependencies).filter((name) => name !== 'sharp');
const root = resolve(import.meta.dirname, '..');

/** One build for the main process, the command line, the preload and the window. */
export default defineConfig({
  main: {
    root,
    // React draws the charts of reports: without its checks, which would speak in a terminal.
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir: resolve(root, 'out/main'),
      // In the bundle they are read at once: file by file they cost a third of a second at each start.
      // What is a library of the system can't be in it.
      externalizeDeps: { exclude: bundled },
      rollupOptions: {
        input: {
          main: resolve(root, 'electron/app/main.ts'),
          cli: resolve(root, 'electron/cli/main.ts'),
          'thumbnail-worker': resolve(root, 'electron/app/thumbnails/worker.ts'),
        },
      },
    },
  },
  preload: {
    root,
    build: {
      outDir: resolve(root, 'out/preload'),
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
      rollupOptions: { input: resolve(root, 'renderer/index.html') },
    },
  },
});

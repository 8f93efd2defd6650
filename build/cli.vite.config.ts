import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = resolve(import.meta.dirname, '..');

/**
 * The command line for plain Node, as CommonJS: Node loads that in half the time that modules take, and what V8 makes of it can
 * be kept (`electron/cli/compiled.ts`). The packed app has the same commands in its main build.
 */
export default defineConfig({
  root,
  publicDir: false,
  // React draws the charts of reports: without its checks, which would speak in a terminal.
  define: { 'process.env.NODE_ENV': '"production"' },
  // The same code as modules, which are bundled without a function around each of its hundred files.
  resolve: { alias: { yaml: resolve(root, 'node_modules/yaml/browser/index.js') } },
  // Libraries of the system can't be in a bundle.
  ssr: { noExternal: true, external: ['sharp', 'koffi'] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: resolve(root, 'out/cli'),
    reportCompressedSize: false,
    rollupOptions: {
      input: {
        start: resolve(root, 'electron/cli/start.ts'),
        command: resolve(root, 'electron/cli/command.ts'),
      },
      output: {
        format: 'cjs',
        entryFileNames: '[name].cjs',
        chunkFileNames: '[name]-[hash].cjs',
        // What V8 compiled before can't import modules.
        dynamicImportInCjs: false,
      },
    },
  },
});

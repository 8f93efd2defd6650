import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const root = resolve(import.meta.dirname, '..');

/**
 * What modules import of `node:process`. In CommonJS a bundle would read each of its properties for them, and reading the
 * title ends Node for Windows where there is no console, as under Wine.
 */
const PROCESS = '\0process';
const readsNoTitle: Plugin = {
  name: 'node-process',
  enforce: 'pre',
  resolveId: (id, _importer, { kind }) =>
    id === 'node:process' && kind === 'import-statement' ? PROCESS : undefined,
  load: (id) =>
    id === PROCESS
      ? `const own = globalThis.process;
         export default own;
         export const { execArgv, execPath, hrtime, platform } = own;`
      : undefined,
};

/** The command line for plain Node, as CommonJS, which Node loads twice as fast as modules. The packed app has it in its main build. */
export default defineConfig({
  root,
  plugins: [readsNoTitle],
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
      input: { main: resolve(root, 'electron/cli/main.ts') },
      output: {
        format: 'cjs',
        entryFileNames: '[name].cjs',
        chunkFileNames: '[name]-[hash].cjs',
        // `require` is faster.
        dynamicImportInCjs: false,
      },
    },
  },
});

// Writes the types of the library into out/types, as one file: part of `npm pack`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { projectRoot } from './setup/paths.mjs';

const { compilerOptions } = JSON.parse(await readFile(join(projectRoot, 'tsconfig.json'), 'utf8'));
const bundle = await rolldown({
  cwd: projectRoot,
  external: ['zod'],
  input: { library: 'electron/library.ts' },
  plugins: [
    dts({
      emitDtsOnly: true,
      // Without the window and the tests, which the library does not know.
      tsconfigRaw: {
        compilerOptions: {
          ...compilerOptions,
          noEmit: false,
          incremental: false,
          stripInternal: true,
        },
        files: ['electron/library.ts', 'electron/blender/python-text.d.ts'],
      },
    }),
  ],
});
await bundle.write({ dir: join(projectRoot, 'out/types') });
await bundle.close();

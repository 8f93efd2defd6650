import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import ts from 'typescript';
import { withCertificates } from '../../build/checks/lean-environment.mjs';
import { STAND_IN } from '../engine/rig.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Ran {
  readonly exitCode: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** A project of someone else that has installed our package. */
export interface Project {
  readonly folder: string;
  /** Where the package lies in it. */
  readonly package: string;
  write(file: string, text: string): Promise<void>;
  /** Checks the types of all programs that were written. */
  compile(): Promise<{ readonly code: number | undefined; readonly out: string }>;
  /** Runs a program in a folder of its own with shots in it, on the stand-in Blender. */
  run(name: string, code: string): Promise<Ran>;
  /** Runs a line of a shell there. */
  command(line: string): Promise<Ran>;
  /** The names that the package exports at run time. */
  exports(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** Packs this clone, as `npm pack` does once it is built, and installs that into an empty project. */
export async function installPackage(): Promise<Project> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-package-')));
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  };
  await execa(process.execPath, [join(ROOT, 'build/library-types.mjs')], { cwd: ROOT });
  const npm = (cwd: string, ...args: string[]) =>
    execa('npm', [...args, '--ignore-scripts'], { cwd, env: withCertificates() });
  const packed = await npm(ROOT, 'pack', '--json', '--pack-destination', folder);
  const [{ filename }] = JSON.parse(packed.stdout) as [{ readonly filename: string }];
  await write('package.json', JSON.stringify({ private: true, type: 'module' }));
  await npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`);

  const env = {
    PATH: [join(folder, 'node_modules/.bin'), process.env.PATH].join(delimiter),
    NIGHTSHIFT_BLENDER: STAND_IN,
    NODE_OPTIONS: undefined,
  };
  const place = async (name: string) => {
    await write(`${name}/scenes/any.blend`, 'BLENDER-v403RENDH');
    for (const shot of ['hero', 'knob']) await write(`${name}/shots/${shot}.yaml`, SHOT);
    await write(`${name}/shots-with-a-fault/broken.yaml`, FAULTY);
    return {
      cwd: join(folder, name),
      env: { ...env, NIGHTSHIFT_DATA: join(folder, name, 'data') },
    };
  };
  const ran = async (
    running: PromiseLike<{ exitCode?: number; stdout: string; stderr: string }>,
  ) => {
    const { exitCode, stdout, stderr } = await running;
    return { exitCode, out: stdout === '' ? '' : `${stdout}\n`, err: stderr };
  };
  return {
    folder,
    package: join(folder, 'node_modules/nightshift'),
    write,
    compile: async () => {
      await write('tsconfig.json', JSON.stringify(TSCONFIG));
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      const done = await execa(process.execPath, [tsc, '-p', folder], { reject: false });
      return { code: done.exitCode, out: done.stdout };
    },
    run: async (name, code) => {
      const options = await place(name);
      const { outputText } = ts.transpileModule(code, {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      });
      await write(`${name}/program.mjs`, outputText);
      return ran(execa(process.execPath, ['program.mjs'], { ...options, reject: false }));
    },
    command: async (line) => {
      const options = await place('commands');
      return ran(execa(line, { ...options, shell: true, reject: false }));
    },
    exports: async () => {
      const manifest = await readFile(join(folder, 'node_modules/nightshift/package.json'), 'utf8');
      const entry = JSON.parse(manifest).exports['.'].default;
      const url = pathToFileURL(join(folder, 'node_modules/nightshift', entry)).href;
      return Object.keys(await import(/* @vite-ignore */ url));
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

const SHOT = 'blend: ../scenes/any.blend\nframes: 1-2\n';
const FAULTY = 'blend: ../scenes/any.blend\nrender: {samples: many}\n';

/** As strict as it gets, with no browser around; only the types of Node are not installed there. */
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023'],
    module: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  },
  include: ['*.ts'],
};

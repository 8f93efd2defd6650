import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { packagesBeside, writeLicences } from '../../build/packages/licences.mjs';
import { projectRoot } from '../../build/setup/paths.mjs';
import { makeFolder } from './folder.ts';

test('what ships has its licence beside it, each package once', async () => {
  const folder = await makeFolder();
  await writeLicences(folder);
  const text = await readFile(join(folder, 'THIRD-PARTY-LICENSES.md'), 'utf8');
  // Some texts have headings of their own.
  const titles = text.split('\n').filter((line) => /^## .+ - \d\S* \(.+\)$/u.test(line));
  expect(new Set(titles).size).toBe(titles.length);
  // From the main process, the window, and from beside the bundle.
  for (const name of ['yaml', 'cli-progress', 'react', 'sharp', ...packagesBeside().keys()]) {
    expect(
      titles.some((title) => title.startsWith(`## ${name} - `)),
      name,
    ).toBe(true);
  }
  for (const name of ['nightshift', 'LGPL-3.0', 'GPL-3.0']) {
    expect(await readFile(join(folder, `LICENSE.${name}.txt`), 'utf8')).not.toBe('');
  }
});

test('the bundle loads nothing from node_modules but what is packed beside it', async () => {
  const args = ['-rhoE', '--include=*.js', LOADS, join(projectRoot, 'out/main')];
  const { stdout } = await execa('grep', args);
  const loaded = new Set(stdout.split('\n').map((line) => line.split('"')[1] ?? line));
  const own = [...loaded].filter((name) => !/^(node:|\.|electron$)/u.test(name));
  const packages = own.filter((name) => !builtinModules.includes(name));
  expect(packages.sort()).toEqual(['koffi', 'sharp']);
});

/** As the bundler writes it: `import … from "it"`, `import("it")`, `require("it")`, `createRequire(import.meta.url)("it")`. */
const LOADS =
  '(^(import|export) .* from |^} from |(import|[a-zA-Z_]*equire[a-zA-Z_0-9]*|[.]url[)])[(])"[^" ]+"';

describe.runIf(process.platform === 'linux')('the stand-in for fpm', () => {
  const fpm = join(projectRoot, 'build/packages/fpm.mjs');

  test('makes a deb with what it was given', async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, 'app'));
    await writeFile(join(folder, 'app/night'), '#!/bin/sh\n', { mode: 0o755 });
    await writeFile(join(folder, 'copyright'), 'ours');
    const made = join(folder, 'night.deb');
    const named = {
      name: 'night',
      version: '1.2',
      architecture: 'all',
      maintainer: 'A <a@b.invalid>',
    };
    await execa(fpm, [
      ...['-s', 'dir', '--force', '-t', 'deb', '-d', 'sh | bash', '--description', 'Short\n Long'],
      ...Object.entries(named).flatMap(([key, value]) => [`--${key}`, value]),
      ...['--url', 'https://b.invalid', '--before-install', join(folder, 'copyright')],
      ...['--package', made, `${folder}/app/=/opt/Night`],
      `${folder}/copyright=/usr/share/doc/night/copyright`,
    ]);
    const { stdout: control } = await execa('dpkg-deb', ['-f', made]);
    expect(control).toContain('Depends: sh | bash');
    expect(control).toContain('Description: Short\n Long');
    const { stdout: files } = await execa('dpkg-deb', ['-c', made]);
    expect(files).toMatch(/^-rwxr-xr-x root\/root .* \.\/opt\/Night\/night$/mu);
    expect(files).toMatch(/^-rw-r--r-- root\/root .* \.\/usr\/share\/doc\/night\/copyright$/mu);
    await execa('dpkg-deb', ['-e', made, join(folder, 'scripts')]);
    expect(await readFile(join(folder, 'scripts/preinst'), 'utf8')).toBe('ours');
  });

  test('refuses an option that it does not know: it would be lost', async () => {
    const { exitCode, stderr } = await execa(fpm, ['-t', 'deb', '--deb-systemd', 'x'], {
      reject: false,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--deb-systemd');
  });
});

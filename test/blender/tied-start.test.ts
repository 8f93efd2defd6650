import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { execa } from 'execa';
import { expect, test, vi } from 'vitest';
import { throughFlatpak } from '../../electron/blender/blender-command.ts';
import { isRunning } from '../../electron/blender/process-tree.ts';
import { tiedToUs } from '../../electron/blender/this-computer.ts';

const PARENT = `
const [program, args] = JSON.parse(process.argv[1]);
const child = require('node:child_process').spawn(program, args, { detached: true, stdio: 'ignore' });
child.on('spawn', () => console.log(child.pid));
setInterval(() => {}, 1e6);
`;

async function nameOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
}

test.skipIf(process.platform !== 'linux')(
  'what knows nothing of us, as a Blender that is still starting, dies with its parent all the same',
  async () => {
    const command = JSON.stringify(await tiedToUs('sleep', ['100']));
    const parent = execa(process.execPath, ['-e', PARENT, command], { reject: false });
    const [said] = await once(parent.stdout, 'data');
    const pid = Number(String(said));
    // Until then it is what ties it, which takes its time on a busy machine.
    await vi.waitFor(async () => expect(await nameOf(pid)).toBe('sleep'), { timeout: 20_000 });
    parent.kill('SIGKILL');
    await parent;
    await vi.waitFor(async () => expect(await isRunning(pid)).toBe(false), { timeout: 20_000 });
  },
);

test.skipIf(process.platform !== 'linux')(
  'where the system could not answer once, it is asked again',
  async () => {
    vi.resetModules();
    const { tiedToUs: tied } = await import('../../electron/blender/this-computer.ts');
    const path = process.env.PATH;
    vi.stubEnv('PATH', '/nowhere');
    expect(await tied('/bin/sleep', ['1'])).toEqual(['/bin/sleep', ['1']]);
    vi.stubEnv('PATH', path);
    expect(await tied('/bin/sleep', ['1'])).toMatchObject(['setpriv', expect.anything()]);
  },
);

test('a program that is not there is left to spawn, which says so', async () => {
  expect(await tiedToUs('/no/such/blender', ['-b'])).toEqual(['/no/such/blender', ['-b']]);
  expect(await tiedToUs('no-such-blender', ['-b'])).toEqual(['no-such-blender', ['-b']]);
});

test('a Blender of Flatpak is let see our temporary folder, and dies with us', () => {
  const system = '/var/lib/flatpak/exports/bin/org.blender.Blender';
  const own = '/home/ada/.local/share/flatpak/exports/bin/org.blender.Blender';
  const sees = ['--filesystem=host', `--filesystem=${tmpdir()}`, '--die-with-parent'];
  const id = 'org.blender.Blender';
  expect(throughFlatpak(system, ['-b'])).toEqual([
    'flatpak',
    ['run', '--system', ...sees, id, '-b'],
  ]);
  expect(throughFlatpak(own, ['-b'])).toEqual(['flatpak', ['run', '--user', ...sees, id, '-b']]);
  expect(throughFlatpak('/usr/bin/blender', ['-b'])).toEqual(['/usr/bin/blender', ['-b']]);
});

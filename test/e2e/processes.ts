import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** Live Blenders whose environment carries this data directory: also those whose parent died. Linux. */
export async function blendersOf(data: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const pid of await allPids()) {
    if (!isBlender((await proc(pid, 'cmdline')).split('\0'))) continue;
    // A zombie has no environment any more.
    if ((await proc(pid, 'environ')).split('\0').includes(`NIGHTSHIFT_DATA=${data}`)) {
      found.push(pid);
    }
  }
  return found;
}

/** Started as what it is, or by the loader that is told the name (`build/blenders/quick-start.mjs`). */
function isBlender([command = '', ...args]: readonly string[]): boolean {
  const told = args[args.indexOf('--argv0') + 1] ?? '';
  const isLoader = basename(command).startsWith('ld-linux');
  return basename(isLoader ? told : command) === 'blender';
}

/** All that run with a data directory in this folder: an app, its helpers, its Blenders. Linux. */
export async function processesOf(folder: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const pid of await allPids()) {
    const settings = (await proc(pid, 'environ')).split('\0');
    if (settings.some((each) => each.startsWith(`NIGHTSHIFT_DATA=${folder}`))) found.push(pid);
  }
  return found;
}

/** A process and those of its children that are Electron, too. Linux. */
export async function electronTree(root: number): Promise<readonly number[]> {
  const own = basename((await proc(root, 'cmdline')).split('\0')[0] ?? '');
  const parents = new Map<number, number>();
  for (const pid of await allPids()) {
    const command = (await proc(pid, 'cmdline')).split('\0')[0] ?? '';
    const stat = await proc(pid, 'stat');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (basename(command) === own) parents.set(pid, parent);
  }
  const tree = [root];
  for (const pid of tree) {
    for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  }
  return tree;
}

async function allPids(): Promise<readonly number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

function proc(pid: number, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}

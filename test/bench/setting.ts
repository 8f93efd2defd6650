import { readFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { z } from 'zod';
import { readElectronRecord } from '../../build/electron-path.mjs';

/** What a figure was measured on. Two of them are compared as they are. */
export const settingSchema = z.object({
  cpu: z.string(),
  cores: z.number(),
  memoryGb: z.number(),
  system: z.string(),
  node: z.string(),
  blender: z.string(),
  electron: z.string(),
});

export type Setting = z.infer<typeof settingSchema>;

const ROOT = resolve(import.meta.dirname, '../..');

/** What this machine is. Throws where Blender does not answer. */
export async function settingOf(blender: string): Promise<Setting> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: await systemName(),
    node: process.version.slice(1),
    blender: await blenderVersion(blender),
    electron: readElectronRecord()?.version ?? 'unknown',
  };
}

/** The commit that is measured, with a `+` where the working tree is not that of the commit. */
export async function commitOf(): Promise<string> {
  const options = { cwd: ROOT, reject: false } as const;
  const { stdout: commit } = await execa('git', ['rev-parse', '--short', 'HEAD'], options);
  const paths = ['electron', 'shared', 'renderer', 'test/bench'];
  const { stdout: changes } = await execa('git', ['status', '--short', ...paths], options);
  return commit ? `${commit}${changes ? '+' : ''}` : 'unknown';
}

/** The load average over the last minute; 0 where the system has none. */
export function loadNow(): number {
  return loadavg()[0] ?? 0;
}

/** How many cores others keep busy now, while we do nothing for a second. */
export async function coresBusy(): Promise<number> {
  const before = ticks();
  await pause(1000);
  const after = ticks();
  const all = after.all - before.all;
  return all === 0 ? 0 : (cpus().length * (after.busy - before.busy)) / all;
}

function ticks(): { readonly busy: number; readonly all: number } {
  let busy = 0;
  let all = 0;
  for (const { times } of cpus()) {
    const { user, nice, sys, idle, irq } = times;
    busy += user + nice + sys + irq;
    all += user + nice + sys + irq + idle;
  }
  return { busy, all };
}

async function systemName(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1];
  return name ? `${name}, ${type()} ${release()}` : `${type()} ${release()}`;
}

async function blenderVersion(blender: string): Promise<string> {
  const { stdout } = await execa(blender, ['--version']);
  return /^Blender (\S+)/m.exec(stdout)?.[1] ?? 'unknown';
}

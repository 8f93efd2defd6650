import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { execa } from 'execa';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Packaging } from '../../../shared/update.ts';

/** What is known of the program that runs. */
export interface Program {
  readonly packaged: boolean;
  readonly platform: NodeJS.Platform;
  /** Absolute. */
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether one of the packages of the system brought it. */
  readonly isOf: (manager: 'dpkg' | 'rpm', path: string) => Promise<boolean>;
  readonly exists: (path: string) => boolean;
}

/** What a program came in, by what can be seen of it: what a package says of itself lies in its archive, too. */
export async function packagingOf(program: Program): Promise<Packaging> {
  const { packaged, platform, path, env, isOf, exists } = program;
  if (!packaged) return 'clone';
  if (platform === 'darwin') return 'mac-app';
  if (platform === 'win32') {
    return exists(join(dirname(path), 'Uninstall Nightshift.exe')) ? 'installer' : 'archive';
  }
  // A terminal that is an AppImage itself hands both of these on: they count where we lie in what they speak of.
  const { APPIMAGE: image, APPDIR: mounted } = env;
  if (image && mounted && path.startsWith(mounted + sep)) return 'app-image';
  // Packages of a system put it nowhere else.
  if (!path.startsWith('/opt/')) return 'archive';
  if (await isOf('dpkg', path)) return 'deb';
  return (await isOf('rpm', path)) ? 'rpm' : 'archive';
}

/** The program that runs. */
export function thisProgram(packaged: boolean): Program {
  return {
    packaged,
    platform: process.platform,
    path: process.execPath,
    env: process.env,
    isOf: async (manager, path) => {
      if (manager === 'rpm') {
        const asked = ['--query', '--file', path];
        return (await execa('rpm', asked, { reject: false, timeout: 5000 })).exitCode === 0;
      }
      // `dpkg --search` looks through the lists of all packages.
      const list = await readFile('/var/lib/dpkg/info/nightshift.list', 'utf8').catch(() => '');
      return list.split('\n').includes(path);
    },
    exists: existsSync,
  };
}

const channel = z.object({ provider: z.literal('generic'), url: z.url() });

/**
 * The host that is asked for newer versions, as electron-builder noted in the package: `app-update.yml`.
 * @returns `null` where nothing was noted, or what electron-updater would ask elsewhere for
 */
export async function hostOfUpdates(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const noted = channel.safeParse(contentOf(text));
  return noted.success ? new URL(noted.data.url).host : null;
}

function contentOf(yaml: string): unknown {
  try {
    return parse(yaml);
  } catch {
    return null;
  }
}

/** The command that installs a package as the system's own. @param file absolute */
export function installCommand(packaging: Packaging, file: string): string | null {
  const quoted = /^[\w./+-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
  if (packaging === 'deb') return `sudo apt install ${quoted}`;
  return packaging === 'rpm' ? `sudo dnf install ${quoted}` : null;
}

import { describe, expect, test, vi } from 'vitest';
import { ensureNode } from '../../build/setup/node.mjs';
import { stalePackages } from '../../build/setup/packages.mjs';
import { whyNoSlurm } from '../../build/setup/slurm.mjs';
import { installCommand, libraryPackages } from '../../build/setup/system-packages.mjs';

const everything = { blender: true, display: true, libraries: true };

describe('Node', () => {
  test.each(['20.19.0', '20.20.2', '22.0.0', '100.1.0'])('%s will do', (version) => {
    expect(() => ensureNode(version)).not.toThrow();
  });

  test.each(['18.20.0', '20.18.3'])(
    '%s is too old, and the sentence says what to install',
    (old) => {
      expect(() => ensureNode(old)).toThrow(/needs Node 20\.19 or newer.*nodejs\.org/);
    },
  );
});

describe('npm packages', () => {
  const wanted = {
    '': {},
    'node_modules/yaml': { version: '2.9.1' },
    'node_modules/a/node_modules/zod': { version: '4.0.0' },
    'node_modules/for-windows': { version: '1.0.0', optional: true },
  };

  test('a clone without node_modules needs all of them', () => {
    expect(stalePackages(wanted, undefined)).toEqual(['all of them']);
  });

  test('a package of another platform may be missing', () => {
    const { 'node_modules/for-windows': _, ...installed } = wanted;
    expect(stalePackages(wanted, installed)).toEqual([]);
  });

  test('a missing and an older package are named', () => {
    const installed = { 'node_modules/yaml': { version: '2.8.0' } };
    expect(stalePackages(wanted, installed)).toEqual(['yaml', 'zod']);
  });
});

describe('the command to copy', () => {
  test('names what apt would install', () => {
    const command = commandOn('linux', 'apt-get', ['blender', 'xvfb']);
    expect(command).toBe('sudo apt-get install --no-install-recommends blender xvfb');
  });

  test('speaks the language of the other package managers', () => {
    expect(commandOn('linux', 'dnf')).toMatch(/^sudo dnf install blender xorg-x11-server-Xvfb/);
    expect(commandOn('linux', 'pacman')).toMatch(/^sudo pacman -S blender xorg-server-xvfb/);
    expect(commandOn('linux', 'zypper')).toMatch(/^sudo zypper install blender/);
    expect(commandOn('darwin', 'brew')).toBe('brew install --cask blender');
    expect(commandOn('win32', 'winget')).toMatch(/^winget install .*BlenderFoundation\.Blender$/);
  });

  test('is not made up for a package manager that we do not know', () => {
    expect(commandOn('linux', 'emerge')).toBeUndefined();
  });

  test('leaves out what is there already', () => {
    const missing = { blender: false, display: false, libraries: true };
    const machine = { platform: 'linux' as const, has: isCommand('dnf'), debianNames: [] };
    expect(installCommand(missing, machine)).toBe('sudo dnf install gtk3 nss alsa-lib mesa-libgbm');
  });
});

test('where there is no Slurm the tests on it are left out, for a reason that is said', () => {
  vi.stubEnv('PATH', '');
  try {
    expect(whyNoSlurm()).toMatch(/^(it takes root on Linux|there is no munged, no slurmctld)/);
  } finally {
    vi.unstubAllEnvs();
  }
});

test('a library belongs to one package only', () => {
  const files = [
    'libgtk-3.so.0',
    'libX11.so.6',
    'libX11-xcb.so.1',
    'libatk-1.0.so.0',
    'libnss3.so',
  ];
  for (const file of files) {
    expect(libraryPackages.filter(([pattern]) => pattern.test(file))).toHaveLength(1);
  }
});

function commandOn(platform: NodeJS.Platform, command: string, debianNames: string[] = []) {
  return installCommand(everything, { platform, has: isCommand(command), debianNames });
}

function isCommand(name: string) {
  return (command: string) => command === name;
}

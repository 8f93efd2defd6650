// Which Blenders tests may run on besides the artist's own, and which of them a machine can have.

/**
 * One Blender of the table.
 * @typedef {object} Kind
 * @property {string} id also the name of its folder in the cache
 * @property {'path' | 'debian' | 'bpy'} way how it is had
 * @property {string} series the versions that it is expected to be of, `5.2`; '' if that depends on the machine
 * @property {string} from where it comes from, for the table
 * @property {string} [suite] of Debian
 * @property {string} [python] that the package is made for
 */

/** @type {readonly Kind[]} */
export const kinds = [
  { id: 'machine', way: 'path', series: '', from: 'this machine' },
  debian('unstable', '5.2'),
  debian('bookworm', '3.4'),
  bpy('3.6', '3.10'),
  bpy('4.2', '3.11'),
  bpy('4.5', '3.11'),
  bpy('5.2', '3.13'),
  bpy('5.3', '3.13'),
];

function debian(suite, series) {
  return { id: `debian-${suite}`, way: 'debian', series, suite, from: `Debian ${suite}` };
}

function bpy(series, python) {
  return { id: `bpy-${series}`, way: 'bpy', series, python, from: 'Python package bpy' };
}

/**
 * What a command line asks for: nothing is everything; `bpy-4.5`, `debian-unstable`, or a series, which
 * is the whole program of it (`5.2` is Debian's, not the package).
 * @param {readonly string[]} words
 * @param {string} machineSeries of the Blender that the machine has, '' if it has none
 * @returns {{ chosen: readonly Kind[], unknown: readonly string[] }}
 */
export function chosenKinds(words, machineSeries) {
  if (words.length === 0) return { chosen: kinds, unknown: [] };
  const fits = (kind, word) => {
    if (kind.id === word || kind.suite === word) return true;
    if (kind.way === 'path') return machineSeries !== '' && machineSeries === word;
    return kind.way === 'debian' && kind.series === word;
  };
  return {
    chosen: kinds.filter((kind) => words.some((word) => fits(kind, word))),
    unknown: words.filter((word) => !kinds.some((kind) => fits(kind, word))),
  };
}

/**
 * What decides which Blenders a machine can have.
 * @typedef {object} Machine
 * @property {NodeJS.Platform} platform
 * @property {string} arch of Node
 * @property {boolean} root
 * @property {boolean} apt whether there is apt-get
 * @property {boolean} ownMounts whether it lets us have mounts of our own (`unshare -m`)
 * @property {string | undefined} blender the executable that it has
 * @property {Readonly<Record<string, string>>} pythons executables by series, `3.13`
 */

/**
 * Why a machine can't have a Blender.
 * @param {Kind} kind
 * @param {Machine} machine
 * @returns {string | undefined} undefined when it can
 */
export function whyNot(kind, machine) {
  if (kind.way === 'path') {
    return machine.blender === undefined ? 'no Blender is installed' : undefined;
  }
  if (kind.way === 'debian') {
    if (machine.platform !== 'linux' || !machine.apt) return 'needs Debian or Ubuntu';
    if (!machine.root) return 'needs root, to make a root folder of its own';
    if (!machine.ownMounts) return 'needs mounts of its own, which this container forbids';
    return undefined;
  }
  if (machine.platform === 'win32')
    return 'the launcher of the Python package is for Linux and macOS';
  if (machine.platform === 'linux' && machine.arch !== 'x64') {
    return 'the Python package for Linux is made for x86-64';
  }
  return machine.pythons[kind.python] === undefined ? `needs Python ${kind.python}` : undefined;
}

/**
 * The others in the order in which `npm test` tries to have them: the newest long-term release, which is what studios
 * stay with (not 5.3, which is newer and gets no fixes after the next one), then the long-term release before it. The
 * package comes first: it is the official build, needs no root, brings a denoiser, and is there in half the time of a
 * root folder. Debian unstable has the same release at present.
 * @param {Machine} machine
 * @param {string} machineSeries the series that is tested anyway
 * @returns {readonly Kind[]}
 */
export function longTermOthers(machine, machineSeries) {
  const order = ['bpy-5.2', 'debian-unstable', 'bpy-4.5'];
  return order
    .map((id) => kinds.find((kind) => kind.id === id))
    .filter((kind) => kind.series !== machineSeries && whyNot(kind, machine) === undefined);
}

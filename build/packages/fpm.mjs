#!/usr/bin/env node
// Stands in for fpm where there is none, as electron-builder 26 calls it: `-t deb` by dpkg-deb, `-t rpm` by rpmbuild. It knows
// the options that electron-builder gives and no other, which it refuses; releases are packed by fpm itself.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Packed fast, in a way that every system reads. A release is packed by fpm itself. */
const FAST = { deb: ['-Zgzip', '-z1'], rpm: 'w1.gzdio' };

const { options, depends, recommends, inputs } = readArguments(process.argv.slice(2));
const work = fs.mkdtempSync(join(tmpdir(), 'nightshift-package-'));
const root = join(work, 'root');
try {
  for (const input of inputs) place(input);
  // Who packs may have any umask.
  execFileSync('chmod', ['-R', 'u+rwX,go+rX,go-w', root]);
  if (options.t === 'deb') makeDeb();
  else if (options.t === 'rpm') makeRpm();
  else throw new Error(`There is no fpm here, and its stand-in makes no ${options.t}.`);
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}

function readArguments(args) {
  const known = [
    ...['s', 't', 'architecture', 'before-install', 'after-install', 'after-remove', 'description'],
    ...['version', 'package', 'name', 'maintainer', 'vendor', 'url', 'category', 'license'],
    ...['deb-priority', 'deb-compression', 'rpm-summary', 'rpm-compression', 'rpm-os'],
  ];
  const read = { options: {}, depends: [], recommends: [], inputs: [] };
  for (let at = 0; at < args.length; at++) {
    const word = args[at];
    const name = word.replace(/^--?/u, '');
    if (word === '--force') continue;
    if (word === '-d') read.depends.push(args[++at]);
    else if (word === '--deb-recommends') read.recommends.push(args[++at]);
    else if (!word.startsWith('-')) read.inputs.push(word);
    else if (known.includes(name)) read.options[name] = args[++at];
    else throw new Error(`The stand-in for fpm does not know the option ${word}.`);
  }
  return read;
}

/** `FOLDER/=PLACE` puts what is in the folder there, `FILE=PLACE` the file. */
function place(input) {
  const split = input.lastIndexOf('=');
  const from = input.slice(0, split);
  const to = join(root, input.slice(split + 1));
  if (from.endsWith('/')) {
    fs.mkdirSync(to, { recursive: true });
    execFileSync('cp', ['-a', '--no-preserve=ownership', `${from}.`, to]);
  } else {
    fs.mkdirSync(dirname(to), { recursive: true });
    fs.copyFileSync(from, to);
  }
}

/** The first line of what describes it, and the others. */
function description() {
  const [summary, ...more] = options.description
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return { summary, more };
}

function makeDeb() {
  const { summary, more } = description();
  const size = execFileSync('du', ['-sk', '--apparent-size', root], { encoding: 'utf8' });
  const control = {
    Package: options.name,
    Version: options.version,
    Architecture: options.architecture,
    Maintainer: options.maintainer,
    'Installed-Size': Number.parseInt(size, 10),
    Depends: depends.join(', '),
    Recommends: recommends.join(', '),
    Section: options.category ?? 'default',
    Priority: options['deb-priority'] ?? 'optional',
    Homepage: options.url,
    Description: [summary, ...more.map((line) => ` ${line}`)].join('\n'),
  };
  const lines = Object.entries(control)
    .filter(([, value]) => value !== '' && value !== undefined)
    .map(([key, value]) => `${key}: ${value}\n`);
  const folder = join(root, 'DEBIAN');
  fs.mkdirSync(folder);
  fs.writeFileSync(join(folder, 'control'), lines.join(''));
  const scripts = [
    ['before-install', 'preinst'],
    ['after-install', 'postinst'],
    ['after-remove', 'postrm'],
  ];
  for (const [option, name] of scripts) {
    if (options[option] === undefined) continue;
    fs.copyFileSync(options[option], join(folder, name));
    fs.chmodSync(join(folder, name), 0o755);
  }
  const args = ['--root-owner-group', ...FAST.deb, '-b', root, options.package];
  execFileSync('dpkg-deb', args, { stdio: 'inherit' });
}

function makeRpm() {
  const { summary, more } = description();
  const arch = { amd64: 'x86_64', arm64: 'aarch64' }[options.architecture] ?? options.architecture;
  const script = (title, file) =>
    file === undefined
      ? []
      : [`${title} -p /bin/bash`, withoutShebang(fs.readFileSync(file, 'utf8'))];
  const spec = [
    `Name: ${options.name}`,
    // A dash parts version from release.
    `Version: ${options.version.replaceAll('-', '_')}`,
    'Release: 1',
    `Summary: ${options['rpm-summary'] ?? summary}`,
    `License: ${options.license}`,
    `URL: ${options.url}`,
    `Vendor: ${options.vendor}`,
    `Packager: ${options.maintainer}`,
    ...depends.map((name) => `Requires: ${name}`),
    'AutoReqProv: no',
    // The files as they are: nothing is stripped, and no links for debuggers.
    '%define _build_id_links none',
    '%define __os_install_post %{nil}',
    '%define debug_package %{nil}',
    `%define _binary_payload ${FAST.rpm}`,
    '%description',
    [summary, ...more].join('\n'),
    '%install',
    `cp -a "${root}/." "%{buildroot}/"`,
    ...script('%pre', options['before-install']),
    ...script('%post', options['after-install']),
    ...script('%postun', options['after-remove']),
    '%files',
    '%defattr(-,root,root,-)',
    ...filesBelow(''),
  ];
  const file = join(work, 'package.spec');
  fs.writeFileSync(file, `${spec.join('\n')}\n`);
  const defines = [`_topdir ${work}/build`, `_rpmdir ${work}/made`];
  const args = ['-bb', '--quiet', '--target', arch];
  for (const define of defines) args.push('--define', define);
  execFileSync('rpmbuild', [...args, file], { stdio: 'inherit' });
  const [made] = fs.readdirSync(join(work, 'made', arch));
  fs.copyFileSync(join(work, 'made', arch, made), options.package);
}

/** rpmbuild takes `%` for the start of a macro. */
function withoutShebang(script) {
  return script.replace(/^#!.*\n/u, '').replaceAll('%', '%%');
}

/** Of the folders only our own is the package's. */
function filesBelow(folder) {
  return fs.readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [`"${path}"`];
    const own = folder.startsWith('/opt') || basename(folder) === 'doc';
    return [...(own ? [`%dir "${path}"`] : []), ...filesBelow(path)];
  });
}

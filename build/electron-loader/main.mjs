// Stands in for Electron's default_app.asar, which the fallback distribution lacks: it lives in
// resources/app there and starts the app folder named on the command line, as `electron FOLDER` does.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const folder = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (folder === undefined) {
  console.error('This Electron starts an app folder: electron FOLDER');
  process.exit(2);
}
const appPath = resolve(folder);
const manifest = JSON.parse(readFileSync(join(appPath, 'package.json'), 'utf8'));

// Apps ask this to know that argv[1] is their own folder.
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
app.setVersion(manifest.version ?? '0.0.0');
app.setName(manifest.productName ?? manifest.name ?? 'Electron');
app.setDesktopName(manifest.desktopName ?? `${app.getName()}.desktop`);
app.setAppPath(appPath);
// Awaited, because Electron holds `ready` back only until this module is evaluated.
await import(pathToFileURL(join(appPath, manifest.main ?? 'index.js')).href);

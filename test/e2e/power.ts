import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Programs of these names that only note that they were asked, to stand before those of the system. Not on Windows. */
export async function harmlessPower(
  root: string,
): Promise<{ readonly path: string; readonly asked: string }> {
  const path = join(root, 'bin');
  const asked = join(root, 'asked');
  await mkdir(path);
  await writeFile(asked, '');
  for (const name of ['systemctl', 'loginctl', 'pmset', 'osascript']) {
    await writeFile(join(path, name), `#!/bin/sh\necho ${name} "$@" >> '${asked}'\n`);
    await chmod(join(path, name), 0o755);
  }
  return { path, asked };
}

import { expect, it } from 'vitest';
import { ORIGIN } from '../../electron/app/desktop/app-protocol.ts';
import { DroppedPaths } from '../../electron/app/ipc/dropped-paths.ts';

const WINDOW = { url: `${ORIGIN}/index.html`, mainFrame: true };

it('opens by its path only what was dropped on the window', () => {
  const paths = new DroppedPaths();
  paths.add('/shots', WINDOW);
  paths.add('/shots/a.blend', WINDOW);
  expect(() => paths.check(['/shots', '/shots/a.blend'])).not.toThrow();
  expect(() => paths.check(['/shots', '/etc'])).toThrow(/only what was dropped/);
  expect(() => paths.check(['/shots/..'])).toThrow(/only what was dropped/);
});

it('takes in no path from a stranger, and nothing else than paths', () => {
  const paths = new DroppedPaths();
  paths.add('/etc', { url: 'https://example.com/', mainFrame: true });
  paths.add('/etc', { ...WINDOW, mainFrame: false });
  for (const odd of [7, null, { path: '/etc' }, '', 'x'.repeat(40_000)]) paths.add(odd, WINDOW);
  for (const path of ['/etc', '', 'x'.repeat(40_000)]) expect(() => paths.check([path])).toThrow();
});

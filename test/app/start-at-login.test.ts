import { expect, it, vi } from 'vitest';
import { autostartEntry, autostartFile } from '../../electron/app/desktop/start-at-login.ts';

vi.mock('electron', () => ({ app: {} }));

it('is where desktops of Linux look for what they start', () => {
  expect(autostartFile({}, '/home/ida')).toBe('/home/ida/.config/autostart/nightshift.desktop');
  expect(autostartFile({ XDG_CONFIG_HOME: '/etc/ida' }, '/home/ida')).toBe(
    '/etc/ida/autostart/nightshift.desktop',
  );
});

it('names the program so that no desktop takes a part of it for something else', () => {
  expect(autostartEntry(['/opt/Nightshift/nightshift'])).toBe(
    '[Desktop Entry]\nType=Application\nName=Nightshift\nExec="/opt/Nightshift/nightshift"\nTerminal=false\n',
  );
  const exec = autostartEntry(['/a b/100 % $HOME "x" \\']).split('\n')[3];
  expect(exec).toBe('Exec="/a b/100 %% \\\\$HOME \\\\"x\\\\" \\\\\\\\"');
});

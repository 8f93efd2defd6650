import type { MenuItemConstructorOptions } from 'electron';
import { clockText } from '../../../shared/schedule.ts';

/** What the tray tells of the night. */
export interface TrayState {
  /** Of the batch. */
  readonly name: string;
  readonly phase: 'waiting' | 'running' | 'paused' | 'at-rest';
  /** Whole per cent of the frames that are known; `null`: none is known. */
  readonly percent: number | null;
  /** ms since 1970, to the minute: when it starts, or is done. */
  readonly at: number | null;
}

export type TrayAct = 'show' | 'pause' | 'unpause' | 'start' | 'quit';

/** `film: 58 %, done about 06:40` */
export function trayTooltip(state: TrayState | null): string {
  return state
    ? lines(state)
        .join(', ')
        .replace(/, (\d)/, ': $1')
    : 'Nightshift';
}

/** What can be done without the window. */
export function trayMenu(
  state: TrayState | null,
  act: (act: TrayAct) => void,
): MenuItemConstructorOptions[] {
  const item = (label: string, what: TrayAct) => ({ label, click: () => act(what) });
  const words = state ? lines(state).map((label) => ({ label, enabled: false })) : [];
  return [
    ...words,
    ...(state ? [SEPARATOR] : []),
    item('Show Nightshift', 'show'),
    ...(state?.phase === 'running' ? [item('Pause', 'pause')] : []),
    ...(state?.phase === 'paused' ? [item('Resume', 'unpause')] : []),
    ...(state?.phase === 'waiting' ? [item('Start now', 'start')] : []),
    SEPARATOR,
    item('Quit Nightshift', 'quit'),
  ];
}

const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' };

function lines({ name, phase, percent, at }: TrayState): readonly string[] {
  const share = percent === null ? [] : [`${percent} %`];
  const time = at === null ? null : clockText(at);
  switch (phase) {
    case 'waiting':
      return [name, ...(time ? [`starts at ${time}`] : [])];
    case 'running':
      return [name, ...share, ...(time ? [`done about ${time}`] : [])];
    case 'paused':
      return [name, ...share, 'paused'];
    case 'at-rest':
      return [name, ...share];
  }
}

import { assertNever } from '../../shared/assert-never.ts';
import {
  canAsk,
  INSTALLED_BY,
  type Packaging,
  type UpdateState,
  type UpdateView,
} from '../../shared/update.ts';
import { clockWithDay, percent } from './format.ts';

interface UpdateWords {
  readonly title: string;
  /** Sentences under it. */
  readonly text: string;
}

/** All that is told, in each state and for each way in which Nightshift comes onto a computer. */
export function updateWords(view: UpdateView, now: number): UpdateWords {
  const { current, state, holds } = view;
  if (!canAsk(view)) return { title: `Nightshift ${current}`, text: byHandText(view) };
  const from = view.from ?? '';
  const byClosing = INSTALLED_BY[view.packaging] === 'closing';
  switch (state.step) {
    case 'unasked':
      return { title: `Nightshift ${current}`, text: 'Nobody was asked for a newer one yet.' };
    case 'asking':
      return { title: 'Looking for updates', text: `Asking ${from} which version is the newest.` };
    case 'none':
      return {
        title: `Nightshift ${current} is the newest`,
        text: `${from} was asked at ${clockWithDay(state.at, now)}.`,
      };
    case 'found':
      return {
        title: `Nightshift ${state.update.version} is there`,
        text: byClosing
          ? `You have ${current}. It is installed when you close Nightshift; it never ends a night.`
          : `You have ${current}. When it is downloaded, one command installs it.`,
      };
    case 'fetching':
      return {
        title: `Downloading Nightshift ${state.update.version}`,
        text: 'You can close this and go on; what renders is not touched.',
      };
    case 'ready':
      return { title: `Nightshift ${state.update.version} is ready`, text: readyText() };
    case 'failed':
      return {
        title:
          state.update === null
            ? 'Nightshift could not look for updates'
            : `Nightshift ${state.update.version} was not downloaded`,
        text: `${state.message} ${state.nextStep}`,
      };
    default:
      return assertNever(state);
  }

  function readyText(): string {
    if (!byClosing) {
      return 'It was checked. This command installs it. A Nightshift that runs goes on as it is, with what it renders; close and open it for the new version.';
    }
    return holds === null
      ? 'It is installed when you close Nightshift, or now.'
      : `${holds} After that, closing Nightshift installs it.`;
  }
}

/** What fetches nothing says how a newer one comes. */
function byHandText({ packaging }: Pick<UpdateView, 'packaging'>): string {
  return INSTALLED_BY[packaging] === null
    ? BY_HAND[packaging]
    : `${BY_HAND[packaging]} This one was built without an address to ask.`;
}

const BY_HAND: Readonly<Record<Packaging, string>> = {
  clone:
    'It runs from a clone, which nothing updates by itself: close it, then “git pull” and “npm start” bring the newest.',
  archive:
    'It was unpacked from an archive, which nothing updates by itself: unpack the newer one beside it and start that. Settings, logs and what was rendered stay.',
  deb: 'To update it, install the newer package over it: “sudo apt install” and the path of its file.',
  rpm: 'To update it, install the newer package over it: “sudo dnf install” and the path of its file.',
  'app-image': 'To update it, start the newer AppImage instead.',
  installer: 'To update it, close it and start the newer installer.',
  'mac-app': 'To update it, close it and drag the newer one into Applications.',
};

/** In one line of the sidebar; `null`: there is nothing that the artist did not ask about. */
export function updateLine(state: UpdateState): string | null {
  switch (state.step) {
    case 'found':
      return `Update to ${state.update.version}…`;
    case 'fetching':
      return `Update: ${percent(state.received, state.total)}`;
    case 'ready':
      return `${state.update.version} is ready`;
    default:
      return null;
  }
}

/** Under the setting. */
export function lookHint(view: UpdateView, byItself: boolean): string {
  const { from } = view;
  return byItself
    ? `One question to ${from} at each start, and one a day while it is open. Nothing about you or your shots is sent.`
    : `Nightshift opens no connection by itself. “Check for updates” asks ${from} once.`;
}

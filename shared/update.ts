/** What this Nightshift came in, and so how a newer one comes. */
export type Packaging =
  | 'app-image'
  /** Windows, by its installer. */
  | 'installer'
  | 'mac-app'
  | 'deb'
  | 'rpm'
  /** Unpacked somewhere. */
  | 'archive'
  | 'clone';

/**
 * Who puts a newer version in place: Nightshift when it is closed, or the artist by a command, since a package of the
 * system takes an administrator; `null`: nothing can be fetched for it.
 */
export const INSTALLED_BY: Readonly<Record<Packaging, 'closing' | 'command' | null>> = {
  'app-image': 'closing',
  installer: 'closing',
  'mac-app': 'closing',
  deb: 'command',
  rpm: 'command',
  archive: null,
  clone: null,
};

/** A version that is newer than this one. */
export interface Update {
  readonly version: string;
  /** What is new in it, as text that is shown as it is; empty: nothing was said. */
  readonly notes: string;
}

export type UpdateState =
  /** Nobody has asked since the start. */
  | { readonly step: 'unasked' }
  | { readonly step: 'asking' }
  /** @property at when it was asked, ms since 1970 */
  | { readonly step: 'none'; readonly at: number }
  | { readonly step: 'found'; readonly update: Update }
  /** In bytes; a total of 0 is not known yet. */
  | {
      readonly step: 'fetching';
      readonly update: Update;
      readonly received: number;
      readonly total: number;
    }
  /** Fetched, and its checksum is right. @property command that installs it; `null`: closing does */
  | { readonly step: 'ready'; readonly update: Update; readonly command: string | null }
  /** @property update what was to be fetched; `null`: it was not known */
  | {
      readonly step: 'failed';
      readonly update: Update | null;
      readonly message: string;
      readonly nextStep: string;
    };

/** All that there is to say about updates. */
export interface UpdateView {
  /** The version that runs. */
  readonly current: string;
  readonly packaging: Packaging;
  /** The host that is asked, such as `github.com`; `null`: this one was built without an address. */
  readonly from: string | null;
  readonly state: UpdateState;
  /** Why nothing is installed now, as a sentence; `null`: it could be. */
  readonly holds: string | null;
}

export type UpdateAct = 'check' | 'download' | 'stop' | 'restart';

/** What may be done now. Window and main process go by this one table. */
export function updateActs({ packaging, from, state, holds }: UpdateView): readonly UpdateAct[] {
  const by = INSTALLED_BY[packaging];
  if (by === null || from === null) return [];
  switch (state.step) {
    case 'unasked':
    case 'none':
      return ['check'];
    case 'found':
      return ['check', 'download'];
    case 'failed':
      return state.update === null ? ['check'] : ['check', 'download'];
    case 'fetching':
      return ['stop'];
    case 'ready':
      return by === 'closing' && holds === null ? ['restart'] : [];
    case 'asking':
      return [];
  }
}

/** Whether it can be asked at all. */
export function canAsk({ packaging, from }: Pick<UpdateView, 'packaging' | 'from'>): boolean {
  return INSTALLED_BY[packaging] !== null && from !== null;
}

import type { BatchResult } from '../../shared/batch.ts';
import type { BatchSignal } from '../../shared/events.ts';
import type { Settings } from '../../shared/view.ts';
import type { BatchSession } from './batch-session.ts';
import type { BlenderShelf } from './blender-shelf.ts';
import type { JsonFile } from './json-file.ts';
import type { Push } from './push.ts';
import type { TrustStore } from './trust-store.ts';

export interface SessionsOptions {
  readonly data: string;
  readonly settings: JsonFile<Settings>;
  readonly trust: TrustStore;
  readonly blenders: BlenderShelf;
  readonly push: Push;
  /** Something happened that the taskbar, the power saver or a notification may show. */
  readonly onSignal: (session: BatchSession, signal: BatchSignal | null) => void;
  readonly onEnded: (session: BatchSession, result: BatchResult) => void;
  /** A batch is open, with what its folder holds now. */
  readonly onOpened?: (session: BatchSession) => void;
  /** A folder is about to be opened from outside, in place of the one that was shown last. */
  readonly opensAnother?: () => boolean;
}

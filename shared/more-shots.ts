import type { FileScene } from './job.ts';
import { isolated, printable } from './safe-text.ts';

/** What the shots of one .blend can be made of. */
export const SPLITS = ['scenes', 'cameras'] as const;
export type Split = (typeof SPLITS)[number];

/** A scene of a .blend, or a camera that a marker switches to. */
export interface FilePart {
  readonly name: string;
  /** Such as `1-48`: of a scene its own range, of a camera those of the shot that it is seen by. */
  readonly frames: string;
  /**
   * `renders`: it is what this shot renders; `offered`: it has no shot of its own and can have one; `shot`: it has one;
   * `left-out`: that one is left out; else what it is instead.
   */
  readonly is: 'renders' | 'offered' | 'shot' | 'left-out' | NonNullable<FileScene['part']>;
  /** The scene that shows it, or the file that it is linked from. */
  readonly of: string | null;
}

/** What a .blend holds besides what one of its shots renders. */
export interface FileParts {
  readonly by: Split;
  /** Its name, without folders. */
  readonly file: string;
  /** The scene that the shot renders. */
  readonly scene: string;
  readonly parts: readonly FilePart[];
}

/** Whether a shot can be made for some of it. */
export function isOffered({ parts }: FileParts): boolean {
  return parts.some(({ is }) => is === 'offered');
}

/** More of them nobody reads in a sentence. */
const MOST_NAMED = 8;

/** `film.blend has 3 scenes: Yard (renders), Attic, Cellar.` */
export function partsSentence({ by, file, parts }: FileParts): string {
  const isFirst = ({ is }: FilePart) => is === 'renders';
  const inOrder = by === 'cameras' ? parts : [...parts].sort((a, b) => +isFirst(b) - +isFirst(a));
  const named = inOrder.slice(0, MOST_NAMED).map(by === 'scenes' ? sceneWords : cameraWords);
  const more = parts.length - named.length;
  const list = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const where = isolated(printable(file));
  if (by === 'scenes') return `${where} has ${parts.length} scenes: ${list}.`;
  const cameras = new Set(parts.map(({ name }) => name)).size;
  return `In ${where} ${cameras} cameras are bound to markers: ${list}.`;
}

function sceneWords({ name, is, of }: FilePart): string {
  const said = WORDS[is];
  const other = of === null ? '' : ` ${isolated(printable(of))}`;
  return `${isolated(printable(name))}${said === '' ? '' : ` (${said}${other})`}`;
}

const WORDS: Readonly<Record<FilePart['is'], string>> = {
  renders: 'renders',
  offered: '',
  shot: 'has a shot',
  'left-out': 'left out',
  'no-camera': 'no camera',
  linked: 'linked from',
  background: 'background of',
  strip: 'strip of',
  compositor: 'in the compositor of',
};

function cameraWords({ name, frames }: FilePart): string {
  return `${isolated(printable(name))} (${frames})`;
}

/** What shots can be made of the files of a batch, of their scenes or of their cameras. */
export interface Offer {
  /** So many of its files, or shots, have more. */
  readonly count: number;
  /** What the only one has; `null`: there are several. */
  readonly only: FileParts | null;
}
export type Offers = Readonly<Partial<Record<Split, Offer>>>;

/** What came of making shots of scenes or cameras. */
export interface ShotsMade {
  /** Files that were made, or say more now, relative to the shot folder, with `/`. */
  readonly files: readonly string[];
  /** Their shots, once the folder is read anew. */
  readonly jobIds: readonly string[];
  /** Shots that have another id from now on. */
  readonly renamed: readonly (readonly [before: string, now: string])[];
  /** Frames that were made as one shot and belong to another camera now: they stay where they are, and count no more. */
  readonly strayFrames: number;
  /** Why it went no further, in a sentence; `null`: all were written. */
  readonly failed: string | null;
}

import { formatFrames, parseFrames } from '../../../shared/frames.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import { framesIn } from '../../../shared/job-state.ts';
import type { FileParts, ShotsMade, Split } from '../../../shared/more-shots.ts';
import {
  SETTING_KEYS,
  type SettingKey,
  type SetupChange,
  type SetupValue,
  type ShotSetup,
  testedSettings,
} from '../../../shared/shot-setup.ts';
import type { TestPass } from '../../../shared/test-pass.ts';
import {
  type EditedShots,
  EditRefused,
  editShots,
  offeredOnce,
  readSetups,
  type SaidSetting,
  type SaidSettings,
  splitShots,
  type Undo,
  undoEdit,
} from '../../engine/index.ts';
import { Refusal } from '../refusal.ts';
import type { BatchController } from './batch-controller.ts';

/** What is asked of an open batch. */
export interface SetupSession
  extends Pick<BatchController, 'id' | 'running' | 'job' | 'planOf' | 'partsOf'> {
  readonly view: () => Pick<ReturnType<BatchController['view']>, 'elsewhere'>;
  readonly processor: Pick<BatchController['processor'], 'batch' | 'config'>;
}

/** What the settings of shots need of the rest of the app. */
export interface SetupHost {
  /** Files of a batch were written: its folder has to be read anew. */
  readonly changed: (batchId: string) => Promise<void>;
  /** Shots of a folder have another file from now on, by the one that they had. */
  readonly renamed: (folder: string, files: ReadonlyMap<string, string>) => Promise<void>;
}

/** The settings of shots, as their files say them, and the artist's changes of these files. */
export class ShotSetups {
  /** What takes back the newest change of each batch. */
  readonly #undo = new Map<string, readonly Undo[]>();

  constructor(private readonly host: SetupHost) {}

  async read(session: SetupSession, jobIds: readonly string[]): Promise<ShotSetup> {
    const jobs = jobIds.map((id) => session.job(id));
    const { batch } = session.processor;
    const { said, seen, problem } = await readSetups(shotsOf(session, jobs));
    // What was opened before its files were changed says nothing of them as they are now.
    const isOpened = ({ older = [], source }: BatchJob) =>
      older.every((one) => one.source === source);
    const plans = jobs.map((job) => (isOpened(job) ? session.planOf(job) : null));
    const why = batch.files ? SCENES_ALONE : problem;
    return { seen, problem: why, values: valuesOf(said, plans, batch.test) };
  }

  /**
   * Says a setting in the files of some shots. Throws a `Refusal` where nothing was written.
   * @param text as an artist types it; `null`: it is cleared
   * @param seen what `read` has told
   */
  async change(
    session: SetupSession,
    jobIds: readonly string[],
    { key, text, seen }: { key: SettingKey; text: string | null; seen: string },
  ): Promise<SetupChange> {
    const jobs = jobIds.map((id) => session.job(id));
    if (session.processor.batch.files) throw new Refusal(SCENES_ALONE);
    const counts = isAtWork(session) ? 'next-render' : 'now';
    const { written, failed, undo } = await refusing(
      editShots(shotsOf(session, jobs), key, text, seen),
    );
    await this.#wrote(session, written, undo);
    return { written, failed, counts };
  }

  /** Makes shots of the scenes or cameras of some shots' files. Throws a `Refusal` where nothing was written. */
  async split(session: SetupSession, jobIds: readonly string[], by: Split): Promise<ShotsMade> {
    const { batch, config } = session.processor;
    if (batch.files) throw new Refusal(SCENES_ALONE);
    if (isAtWork(session)) throw rendersNow();
    const wanted = wantedSplits(session, jobIds, by);
    const about = { batch, trusted: config.trusted };
    const { written, failed, undo } = await refusing(splitShots(about, wanted));
    const own = written.filter(({ isOwn }) => isOwn);
    await this.#wrote(session, own, undo);
    return {
      files: written.map(({ file }) => file),
      jobIds: written.map(({ nowId }) => nowId),
      renamed: own.flatMap(({ jobId, nowId }) =>
        jobId === nowId ? [] : [[jobId, nowId] as const],
      ),
      strayFrames: wanted.reduce((sum, { job, parts }) => sum + strayFrames(job, parts), 0),
      failed,
    };
  }

  /** Shot files were written: the folder is read anew. @param own those of shots that are there; one that was made is another file */
  async #wrote(
    session: SetupSession,
    own: readonly { readonly jobId: string; readonly file: string; readonly made: boolean }[],
    undo: readonly Undo[],
  ): Promise<void> {
    if (undo.length === 0) return;
    this.#undo.set(session.id, undo);
    const made = own.filter((one) => one.made);
    const renamed = made.map(({ jobId, file }) => [session.job(jobId).shotFile, file] as const);
    if (made.length > 0) await this.host.renamed(session.processor.batch.folder, new Map(renamed));
    await this.host.changed(session.id);
  }

  /** Takes the newest change of a batch back. Resolves with the files that somebody has changed since: they stay. */
  async undo(batchId: string): Promise<readonly string[]> {
    const undo = this.#undo.get(batchId);
    if (!undo) throw new Refusal('There is no change to take back.');
    this.#undo.delete(batchId);
    try {
      return await undoEdit(undo);
    } finally {
      await this.host.changed(batchId);
    }
  }
}

/** It renders, here or elsewhere. */
function isAtWork(session: SetupSession): boolean {
  return session.running || session.view().elsewhere !== undefined;
}

/** What is to be made of the files of these shots. Throws a `Refusal` where there is nothing. */
function wantedSplits(session: SetupSession, jobIds: readonly string[], by: Split) {
  const found = jobIds.flatMap((id) => {
    const job = session.job(id);
    return session.partsOf(job).map((parts) => ({ job, parts }));
  });
  const wanted = offeredOnce(found).filter(({ parts }) => parts.by === by);
  if (wanted.length > 0) return wanted;
  throw new Refusal(
    by === 'scenes'
      ? 'No scene of these files is without a shot that could be one.'
      : 'No markers of these shots switch to another camera.',
    'There is nothing to make.',
  );
}

/** Frames that are done and belong to no camera but the first one's. */
function strayFrames(job: BatchJob, { by, parts: [first] }: FileParts): number {
  const kept = parseFrames(first?.frames ?? '');
  if (by === 'scenes' || !kept.ok) return 0;
  const own = new Set(kept.frames);
  return framesIn(job, 'done').filter(({ frame }) => !own.has(frame)).length;
}

function rendersNow(): Refusal {
  return new Refusal(
    'This batch is rendering.',
    'When it has ended, shots can be made of its scenes and cameras.',
  );
}

/** A shot file beside them would change nothing: it is not read. */
const SCENES_ALONE =
  'This batch is of scenes alone, without shot files. Open their folder to change their settings.';

function shotsOf({ processor }: SetupSession, jobs: readonly BatchJob[]): EditedShots {
  return { batch: processor.batch, jobs, trusted: processor.config.trusted };
}

async function refusing<T>(change: Promise<T>): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof EditRefused) throw new Refusal(error.message, error.nextStep);
    throw error;
  }
}

/**
 * What some shots have in common of each setting.
 * @param plans what their scenes say, as far as it is known, in the same order
 * @param test the test pass that they were opened for
 */
export function valuesOf(
  said: readonly SaidSettings[],
  plans: readonly (FramePlan | null)[],
  test?: TestPass,
): ShotSetup['values'] {
  const tested = testedSettings(test);
  const values = SETTING_KEYS.map((key) => {
    const settings = said.map((one) => one[key]);
    // What a test pass has put in its place, no scene says.
    const scenes = plans.map((plan) => (plan && !tested.has(key) ? sceneText(key, plan) : null));
    return [key, valueOfAll(settings, scenes)] as const;
  });
  return Object.fromEntries(values) as unknown as ShotSetup['values'];
}

function valueOfAll(
  settings: readonly SaidSetting[],
  scenes: readonly (string | null)[],
): SetupValue {
  const said = new Set(settings.map(({ text }) => text));
  const scene = new Set(scenes.filter((text, index) => text !== null && !settings[index]?.text));
  const isAnyOwn = settings.some(({ isOwn }) => isOwn);
  const isSaid = settings.some(({ text }) => text !== null);
  return {
    said: only(said),
    scene: only(scene),
    differs: said.size > 1 || (!isSaid && scene.size > 1),
    place: settings.length === 1 ? (settings[0]?.place ?? null) : null,
    clears: isAnyOwn ? 'own' : isSaid ? 'inherited' : null,
  };
}

function only(texts: ReadonlySet<string | null>): string | null {
  const [text = null] = texts;
  return texts.size === 1 ? text : null;
}

/** What an open scene says of a setting that no file says; `null`: nothing. */
function sceneText(key: SettingKey, plan: FramePlan): string | null {
  const { settings } = plan;
  switch (key) {
    case 'frames':
      return plan.fromScene === false ? null : formatFrames(plan.frames);
    case 'render.resolution':
      return settings?.percentage === 100 ? `${plan.width} × ${plan.height}` : null;
    case 'render.percentage':
      return textOf(settings?.percentage);
    case 'render.samples':
      return textOf(settings?.samples);
    case 'render.denoise':
      return textOf(settings?.denoise);
    case 'render.engine':
      return plan.engine;
    case 'scene':
      return textOf(settings?.scene);
    case 'camera': {
      const names = settings?.cameras?.map(({ camera }) => camera) ?? [];
      return names.length > 0 ? [...new Set(names)].join(', ') : textOf(settings?.camera);
    }
    case 'view_layers':
      return settings?.viewLayers.join(', ') ?? null;
    case 'output.format':
      return plan.format;
    case 'output.color_depth':
      return textOf(settings?.colorDepth);
    default:
      return null;
  }
}

function textOf(value: string | number | boolean | null | undefined): string | null {
  return value == null ? null : String(value);
}

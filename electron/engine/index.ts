import { hasJobEnded, ownJob } from '../hosts/index.ts';
import { askClusters } from './journal/lock-file.ts';

/** The engine's public surface: usable from plain Node, with no window and no Electron. */

export { openInBlender } from '../blender/blender-command.ts';
export { blenderInfo, blendersAt } from '../blender/find-blender.ts';
export { onStep, passed, type Step } from '../blender/steps.ts';
export {
  CLUSTERS,
  HOSTS,
  type HostOption,
  NotQueued,
  optionWords,
  surveyCluster,
} from '../hosts/index.ts';
export {
  BatchProcessor,
  type ProcessOptions,
  type ProcessorOptions,
  type RunBatchOptions,
  runBatch,
} from './batch-processor.ts';
export {
  BLENDER_PLACES,
  BLENDER_PLACES_FILE,
  blenderInstalls,
} from './capacity/blender-installs.ts';
export { type DetachedCommand, detach, readDetached } from './detached.ts';
export type { ShotMeasure } from './estimate/measure-shot.ts';
export { expectedNight } from './estimate/outlook.ts';
export { type OpenedShot, openShots } from './farm/open-shots.ts';
export { commonFolder, isBelow, openjdTemplate } from './farm/openjd-template.ts';
export { createBatchFromDirectory, finalsOf } from './folder/create-batch.ts';
export { editShots, readSetups } from './folder/edit-shots.ts';
export { changeFolderChoices, folderChoices, moveFolderChoices } from './folder/folder-choices.ts';
export type { ChoiceChange, FolderChoices } from './folder/left-out.ts';
export {
  leftOutByHand,
  offeredOnce,
  partsOfFile,
  type SeenShot,
  splitsOf,
} from './folder/more-shots.ts';
export { outputFor } from './folder/output-place.ts';
export { isBlendFile, type PickedFiles, pickedFiles } from './folder/picked-files.ts';
export { settingPlaces } from './folder/setting-places.ts';
export { parseDuration } from './folder/shot-schema.ts';
export type { SaidSetting, SaidSettings } from './folder/shot-setup.ts';
export { type EditedShots, EditRefused, type Undo, undoEdit } from './folder/shot-texts.ts';
export {
  type SplitFile,
  type SplitOutcome,
  type SplitShot,
  splitShots,
} from './folder/split-shots.ts';
export { finalsRoot, readingOf } from './folder/test-pass.ts';
export {
  type ChangedShots,
  changedShots,
  replacedShots,
  type ShotWatch,
  type WatchOptions,
  watchShots,
} from './folder/watch-shots.ts';
export { FollowedBatch, type Standing } from './followed-batch.ts';
export { BatchCheckpoint } from './journal/batch-checkpoint.ts';
export { isChoice } from './journal/batch-state.ts';
export { checkpointDirectory, dataDirectory } from './journal/data-directory.ts';
export { JOURNAL_VERSION, journalLine } from './journal/journal-format.ts';
export { BatchInUse } from './journal/lock.ts';
export type { Cancelling } from './journal/requests.ts';
export { STALL_BOUNDS, stallLimit } from './lane/limits.ts';
export { SerialQueue } from './lib/serial-queue.ts';
export { keepAwake } from './night/keep-awake.ts';
export { changePower } from './night/power.ts';
export {
  againCount,
  type Begun,
  batchAdded,
  batchEnded,
  batchMovedBefore,
  batchMovedTo,
  batchPassedOver,
  batchTakenOut,
  EMPTY_QUEUE,
  type NightStep,
  nextBatch,
  nightOver,
  nightStep,
  nightTimes,
  stillAsked,
  turnOf,
} from './night/queue.ts';
export { NightInUse, QueueFile } from './night/queue-file.ts';
export { stopAt } from './night/stop-at.ts';
export { atMoment, WALL_CLOCK, type WallClock } from './night/wall-clock.ts';
export { type CheckOptions, checkBatch, failureProblem } from './preflight/check-batch.ts';
export { findGpus } from './preflight/lone-blender.ts';
export { begunElsewhere, shotBlender } from './preflight/told-blender.ts';
export { shotsLike, type TriedPicture, tryShots } from './preflight/try-shots.ts';
export { type FrameVersion, frameVersions } from './proof/staging.ts';
export type { PictureOf } from './report/contact-sheet.ts';
export { frameTimes } from './report/frame-times.ts';
export { generateBatchReport } from './report/generate-report.ts';
export { keptNights, nightLogs, nightPage, nightReport, nightText } from './report/kept-nights.ts';
export { batchCommand, repeatCommand } from './report/repeat-command.ts';
export { batchHeadline } from './report/summary.ts';
export { writeReport } from './report/write-report.ts';
export { leaveFrames, moveBatch, moveFrames, placeAfter } from './resume/move-batch.ts';
export {
  type CheckpointSummary,
  doneInFolder,
  finalsElsewhere,
  folderBatches,
  listCheckpoints,
  liveBatches,
  readResult,
  readWorkerUse,
} from './resume/recorded-batches.ts';
export type { LoadReport } from './resume/resume.ts';
export { type RunJobOptions, runJobSubprocess } from './run-job.ts';
export { MovieMaker, type MoviePicture, type ShotMovie, shotMovieFile } from './shot-movie.ts';
export { NIGHTSHIFT_VERSION } from './version.ts';

askClusters({ own: ownJob, hasEnded: hasJobEnded });

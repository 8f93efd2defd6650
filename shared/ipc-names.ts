/**
 * The names that may cross between window and main process, apart from their schemas, so that the
 * preload can check them without carrying the schema library.
 */
export const CALL_NAMES = [
  'app:info',
  'batches:list',
  'folder:open',
  'folder:choose',
  'samples:open',
  'batch:last',
  'batch:open',
  'batch:snapshot',
  'batch:trust',
  'batch:render',
  'batch:pause',
  'batch:unpause',
  'batch:cancel',
  'batch:clear',
  'batch:reveal',
  'batch:forget',
  'jobs:render',
  'jobs:cancel',
  'jobs:retry',
  'jobs:prioritize',
  'jobs:move',
  'job:detail',
  'job:places',
  'job:strip-cell',
  'job:log',
  'job:reveal',
  'report:export',
  'report:copy',
  'batch:charts',
  'settings:get',
  'settings:set',
  'blender:list',
  'blender:gpus',
  'blender:choose',
] as const;

export const PUSHES = [
  'batch:update',
  'batches:changed',
  'log:lines',
  'menu:command',
  'folder:opened',
  'notice',
] as const;

import { Refusal } from './refusal.ts';

export function nothingAt(path: string): Refusal {
  return new Refusal(
    `There is nothing at “${path}”.`,
    'It may have been moved, renamed or unmounted: bring it back or choose another folder.',
  );
}

export function folderGone(folder: string): Refusal {
  return new Refusal(
    `The folder “${folder}” is not there any more.`,
    'Bring it back, or open the shots from where they are now.',
  );
}

/** @param name of the batch that is in the way */
export function otherRenders(name: string): Refusal {
  return new Refusal(
    `“${name}” is rendering.`,
    'Wait until it is done or cancel it, then render this batch.',
  );
}

/** @param wish what can be done after it was cancelled, such as “remove it” */
export function stillRenders(wish: string): Refusal {
  return new Refusal('This batch is rendering.', `Cancel it first, then ${wish}.`);
}

export function unknownBatch(problem?: string | null): Refusal {
  return new Refusal(
    problem ?? 'Nightshift does not know this batch any more.',
    'Drop the shot folder on the window to open it again.',
  );
}

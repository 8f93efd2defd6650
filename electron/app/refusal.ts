/** What could not be done, as sentences for the artist. Everything thrown towards the window is made one. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly nextStep: string | null;

  constructor(message: string, nextStep: string | null = null) {
    super(message);
    this.nextStep = nextStep;
  }
}

/** Turns anything thrown into sentences: never a stack trace, never “unknown error”. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof Error)) return new Refusal(unexpected(String(error)), TRY_AGAIN);
  const system = nextStepOf(error) === null ? systemRefusal(error) : null;
  if (system) return system;
  // The engine's own errors are sentences already.
  return /[.!?]$/.test(error.message)
    ? new Refusal(error.message, nextStepOf(error))
    : new Refusal(unexpected(error.message), TRY_AGAIN);
}

/** All that there is to say about an error, for a place that shows one text. */
export function noticeOf(error: unknown): string {
  const { message, nextStep } = refusalOf(error);
  return nextStep ? `${message} ${nextStep}` : message;
}

const TRY_AGAIN =
  'Try again; if it happens again, restart Nightshift. Frames on disk are not touched.';

function unexpected(message: string): string {
  return `Something inside Nightshift went wrong: ${message}.`;
}

function nextStepOf(error: Error): string | null {
  return 'nextStep' in error && typeof error.nextStep === 'string' ? error.nextStep : null;
}

function systemRefusal(error: NodeJS.ErrnoException): Refusal | null {
  const place = error.path ? `“${error.path}”` : 'a file that it needs';
  switch (error.code) {
    case 'ENOENT':
      return new Refusal(
        `Nightshift did not find ${place}.`,
        'It may have been moved, renamed or unmounted: bring it back or choose another place.',
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Refusal(
        `Nightshift may not use ${place}.`,
        'Change its permissions or choose another place.',
      );
    case 'ENOSPC':
      return new Refusal(
        `There is no room left on the disk of ${place}.`,
        'Make room and try again.',
      );
    default:
      return null;
  }
}

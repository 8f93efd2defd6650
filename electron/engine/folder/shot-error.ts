import { CAUSE_FACTS, type Cause, type Failure } from '../../../shared/failure.ts';
import { printable } from '../../../shared/safe-text.ts';
import type { ShotProblem } from '../../../shared/shot.ts';
import type { Place } from './tree.ts';

/** Something wrong at one place of a shot's files. */
export interface Flaw {
  readonly place: Place;
  /** One sentence. */
  readonly message: string;
}

/** A shot file that makes no shot. Thrown and caught inside of this folder only. */
export class ShotError extends Error {
  readonly flaws: readonly [Flaw, ...Flaw[]];
  readonly failureCause: Cause;
  readonly nextStep: string;

  constructor(
    flaws: readonly [Flaw, ...Flaw[]],
    failureCause: Cause = 'unreadable-shot',
    nextStep: string = CAUSE_FACTS[failureCause].nextStep,
  ) {
    super(flaws[0].message);
    this.flaws = flaws;
    this.failureCause = failureCause;
    this.nextStep = nextStep;
  }
}

/** A `ShotError` with a single flaw. */
export function flawed(place: Place, message: string, cause?: Cause, nextStep?: string): ShotError {
  return new ShotError([{ place, message }], cause, nextStep);
}

/** A path to another computer of the network, in a folder that is not trusted: not even looked at. */
export function strangePlace(place: Place, key: string, text: string): ShotError {
  const message = `\`${key}\` names ${text}, on another computer of the network: only a trusted folder may do that.`;
  return flawed(place, message, 'not-trusted');
}

/** What a failed shot's job carries. */
export function failureOf(error: ShotError): Failure {
  const [first, ...more] = error.flaws;
  const said = oneLine(first.message);
  const sentence =
    more.length > 0
      ? `${said.replace(/\.$/, '')} (and ${more.length} more).`
      : said.replace(/[^.?!…]$/, '$&.');
  return {
    cause: error.failureCause,
    message: `${placeText(first.place)}: ${sentence}`,
    nextStep: error.nextStep,
    evidence: error.flaws
      .slice(0, 20)
      .map((flaw) => `${placeText(flaw.place)}: ${oneLine(flaw.message)}`),
  };
}

export function flawProblem(
  severity: ShotProblem['severity'],
  flaw: Flaw,
  jobId: string | null,
): ShotProblem {
  const { file, line, column } = flaw.place;
  return { severity, file: file.name, line, column, jobId, message: oneLine(flaw.message) };
}

function placeText({ file, line, column }: Place): string {
  const name = printable(file.name);
  return line === null ? name : `${name}, line ${line}, column ${column ?? 1}`;
}

/** Messages quote the file, which may hold anything: they stay one line of bearable length. */
function oneLine(message: string): string {
  const line = printable(message.replaceAll(/[\s\p{Cc}]+/gu, ' '));
  return line.length > 600 ? `${line.slice(0, 600)}….` : line;
}

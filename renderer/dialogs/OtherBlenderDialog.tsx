import { useRef } from 'react';
import type { OtherBlenderPolicy } from '../../shared/job.ts';
import type { BegunElsewhere } from '../../shared/shot-blender.ts';
import { decide } from '../actions/blender-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useLibrary } from '../store/library-store.ts';
import type { RunWish } from '../store/ui-store.ts';
import { counted } from '../text/format.ts';
import { Answer, Answers } from '../ui/Answer.tsx';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { Name } from '../ui/Name.tsx';
import './OtherBlenderDialog.css';

interface OtherBlenderDialogProps {
  readonly shots: readonly BegunElsewhere[];
  readonly wish: RunWish;
}

/** So many are named; the others are counted. */
const NAMED = 6;

/** Asked before a run: what becomes of shots whose frames are of another Blender than would go on with them? */
export function OtherBlenderDialog({ shots, wish }: OtherBlenderDialogProps) {
  const safe = useRef<HTMLButtonElement>(null);
  const answer = (policy: OtherBlenderPolicy) => {
    closeDialog();
    void decide(shots, policy, wish);
  };
  const found = useLibrary((state) => state.blenders?.found);
  const here = found?.map((each) => each.version) ?? [];
  const version = nextVersions(shots);
  const one = shots.length === 1;
  const done = shots.reduce((sum, shot) => sum + shot.done, 0);
  return (
    <Modal
      wide
      title="Another Blender rendered these frames"
      text={othersText(shots)}
      focus={safe}
      onClose={closeDialog}
      actions={<Button onClick={closeDialog}>Cancel</Button>}
    >
      <ul className="begun quoted" aria-label="Shots that were begun">
        {shots.slice(0, NAMED).map((shot) => (
          <li key={shot.jobId}>
            <Name>{shot.name}</Name>
            <span className="begun-by muted">
              {counted(shot.done, 'frame')} by {shot.begunBy.join(' and ')}
            </span>
          </li>
        ))}
        {shots.length > NAMED && (
          <li className="begun-by muted">and {counted(shots.length - NAMED, 'more shot')}</li>
        )}
      </ul>
      <Answers>
        <Answer
          ref={safe}
          title={one ? 'Leave this shot' : 'Leave these shots'}
          what={`${one ? '' : 'The others render. '}${leaveText(shots, here)}`}
          onPick={() => answer('wait')}
        />
        <Answer
          title={`Render ${one ? 'it' : 'them'} again with Blender ${version}`}
          what={`All frames are then of one version. ${counted(done, 'frame')} that are done will be rendered over.`}
          onPick={() => answer('again')}
        />
        <Answer
          title={`Go on with Blender ${version}`}
          what="Only what is missing is rendered. The report says which frames are of which version."
          onPick={() => answer('mix')}
        />
      </Answers>
    </Modal>
  );
}

/** The question before shots go on that were begun by another Blender. */
export function othersText(shots: readonly BegunElsewhere[]): string {
  if (shots.length === 0) return '';
  const groups = [shots.filter(({ asked }) => !asked), shots.filter(({ asked }) => asked)];
  const begun = groups.filter((group) => group.length > 0).map((group) => begunText(group, shots));
  return `${begun.join(' ')} Frames of another version can look different.`;
}

function begunText(group: readonly BegunElsewhere[], all: readonly BegunElsewhere[]): string {
  const one = group.length === 1;
  const who = all.length === 1 ? 'This shot' : counted(group.length, 'shot');
  const versions = distinct(group.flatMap(({ begunBy }) => begunBy));
  const asked = nextVersions(group);
  const isMany = distinct(group.map(({ version }) => version)).length > 1;
  const why = group[0]?.asked
    ? `, and Blender ${asked} ${isMany ? 'are' : 'is'} chosen for ${one ? 'it' : 'them'} now`
    : `, which ${versions.length > 1 ? 'are' : 'is'} not on this computer any more`;
  return `${who} ${one ? 'was' : 'were'} begun with Blender ${listed(versions)}${why}.`;
}

/**
 * How shots that are left alone go on as they were begun.
 * @param here the versions on this computer
 */
export function leaveText(shots: readonly BegunElsewhere[], here: readonly string[]): string {
  const of = (some: readonly BegunElsewhere[]) => distinct(some.flatMap(({ begunBy }) => begunBy));
  const again = of(shots.filter(({ asked }) => asked));
  const gone = of(shots.filter(({ asked }) => !asked));
  const missing = distinct([...gone, ...again.filter((version) => !here.includes(version))]);
  const install = `Install Blender ${listed(missing)}`;
  const act =
    again.length === 0
      ? install
      : missing.length === 0
        ? `Choose Blender ${listed(again)} again`
        : `${install} and choose ${listed(again)} again`;
  return `${act}, then “Retry” goes on as if nothing had been.`;
}

/** The versions that would go on, such as `5.2.2`. */
export function nextVersions(shots: readonly BegunElsewhere[]): string {
  return listed(distinct(shots.map(({ version }) => version)));
}

/** Oldest first. */
function distinct(versions: readonly string[]): readonly string[] {
  return [...new Set(versions)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function listed(versions: readonly string[]): string {
  if (versions.length < 2) return versions.join('');
  return `${versions.slice(0, -1).join(', ')} and ${versions.at(-1)}`;
}

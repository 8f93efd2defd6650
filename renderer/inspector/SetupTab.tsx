import type { JobDetail, JobRow } from '../../shared/view.ts';
import { copyCommands, settingPlaces } from '../actions/job-actions.ts';
import { openDialog } from '../actions/ui-actions.ts';
import { useShotBlender } from '../dialogs/BlenderDialog.tsx';
import { useView } from '../store/batch-store.ts';
import { useLibrary } from '../store/library-store.ts';
import { useUi } from '../store/ui-store.ts';
import { counted } from '../text/format.ts';
import { typeset } from '../text/typeset.ts';
import { Button } from '../ui/Button.tsx';
import { useAnswer } from '../ui/use-answer.ts';
import { type SetupFact, setupFacts } from './setup-facts.ts';
import './SetupTab.css';
import type { BlenderReason, ShotBlender } from '../../shared/shot-blender.ts';

/** The settings that this shot renders with, where each was said, and the line that renders it in a terminal. */
export function SetupTab({ row, detail }: { readonly row: JobRow; readonly detail: JobDetail }) {
  const folder = useView()?.folder ?? '';
  const settings = useLibrary((state) => state.settings);
  const places = useAnswer(row.id, settingPlaces);
  return (
    <div className="tab-scroll">
      <dl className="facts selectable">
        <BlenderFact row={row} />
        {setupFacts({ row, detail, folder, places, settings }).map((fact) => (
          <Fact key={fact.name} {...fact} />
        ))}
      </dl>
      <p className="command quoted code selectable">{detail.command}</p>
      <Button small onClick={() => void copyCommands([row.id])}>
        Copy command
      </Button>
    </div>
  );
}

/** Which Blender renders it and why, and the way to another one: for all shots that are selected. */
function BlenderFact({ row }: { readonly row: JobRow }) {
  const dialog = useUi((state) => state.dialog);
  const selected = useUi((state) => state.selection.ids);
  // A dialog that was closed may have chosen another one, and a run may have begun it.
  const blender = useShotBlender(row.id, `${dialog?.kind} ${row.status} ${row.error?.cause}`);
  const jobIds = selected.has(row.id) ? [...selected] : [row.id];
  return (
    <>
      <dt>Blender</dt>
      <dd className={blender && !blender.uses ? 'fact-missing' : undefined}>
        {blender ? shotBlenderText(blender) : '\u00a0'}
        {blender && <span className="aside block">{blenderReasonText(blender)}</span>}
        <Button small onClick={() => openDialog({ kind: 'blender', jobIds })}>
          {jobIds.length > 1 ? `Change for ${counted(jobIds.length, 'shot')}…` : 'Change…'}
        </Button>
      </dd>
    </>
  );
}

function Fact({ name, value, source }: SetupFact) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {value}
        {source !== null && <span className="aside block">{source}</span>}
      </dd>
    </>
  );
}

/** Which Blender renders a shot, such as `4.3.2`. */
export function shotBlenderText({ uses, failure }: ShotBlender): string {
  if (uses) return uses.version;
  return failure ? typeset(failure.message) : 'None';
}

/** Why it is that one. */
export function blenderReasonText({ savedBy, reason, uses }: ShotBlender): string {
  if (!uses) return savedBy === null ? '' : `saved by ${savedBy}`;
  return REASONS[reason](savedBy ?? '');
}

const REASONS: Readonly<Record<BlenderReason, (savedBy: string) => string>> = {
  chosen: () => 'chosen by hand',
  'shot-file': () => 'shot file',
  'for-all': () => 'chosen for all shots',
  saved: (savedBy) => `saved by ${savedBy}`,
  newer: (savedBy) => `saved by ${savedBy}, which is not here: the next newer one`,
  begun: () => 'rendered the frames that are there',
  newest: () => 'the newest here',
};

import { Fragment, useEffect } from 'react';
import { partsSentence } from '../../shared/more-shots.ts';
import type { BlenderReason, ShotBlender } from '../../shared/shot-blender.ts';
import { type SettingKey, type ShotSetup, testedSettings } from '../../shared/shot-setup.ts';
import type { JobDetail, JobRow } from '../../shared/view.ts';
import { copyCommands, settingPlaces } from '../actions/job-actions.ts';
import { loadSetup, makeShots, undoSetup } from '../actions/setup-actions.ts';
import { openDialog } from '../actions/ui-actions.ts';
import { useShotBlender } from '../dialogs/BlenderDialog.tsx';
import { useBatch, useView } from '../store/batch-store.ts';
import { useLibrary } from '../store/library-store.ts';
import { setupOf, useSetup } from '../store/setup-store.ts';
import { useUi } from '../store/ui-store.ts';
import { isAtWork } from '../text/batch-text.ts';
import { counted } from '../text/format.ts';
import { SPLIT_WORDS } from '../text/more-shots-text.ts';
import { typeset } from '../text/typeset.ts';
import { Button } from '../ui/Button.tsx';
import { useAnswer } from '../ui/use-answer.ts';
import { SetupField } from './SetupField.tsx';
import { isOfScene, type SetupFact, setupFacts, setupOfMany } from './setup-facts.ts';
import './SetupTab.css';

/** Many shots are read once their selection stands still so long, ms. */
const SETTLED_MS = 200;

/**
 * The settings that this shot renders with, where each was said, and the line that renders it in a terminal. They are changed
 * here, for all shots that are selected.
 */
export function SetupTab({ row, detail }: { readonly row: JobRow; readonly detail: JobDetail }) {
  const view = useView();
  const folder = view?.folder ?? '';
  const tested = testedSettings(view?.test);
  const settings = useLibrary((state) => state.settings);
  const selected = useUi((state) => state.selection.ids);
  const jobIds = selected.has(row.id) ? [...selected] : [row.id];
  const of = setupOf(jobIds);
  // What a scene says comes in when it is opened.
  const config = JSON.stringify([detail.shotConfig, detail.opened]);
  const places = useAnswer(row.id, settingPlaces, config);
  const setup = useSetup((state) => (state.of === of ? state.setup : null));
  const isMany = jobIds.length > 1;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `config` is what may have changed in the files, or come in
  useEffect(() => {
    const load = () => void loadSetup(of.split(' '));
    // While a selection grows shot by shot, its files are not read for each.
    const timer = setTimeout(load, isMany ? SETTLED_MS : 0);
    // Who comes back from an editor has changed the files there.
    window.addEventListener('focus', load);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('focus', load);
    };
  }, [of, config, isMany]);

  const facts = isMany ? setupOfMany(setup) : setupFacts({ row, detail, folder, places, settings });
  const locked = setup !== null && setup.problem !== null;
  return (
    <>
      <div className="tab-scroll">
        {isMany && (
          <p className="setup-about">
            {`What is changed here is changed in all ${counted(jobIds.length, 'shot')} that are selected.`}
          </p>
        )}
        {setup?.problem && <p className="setup-about fact-missing">{typeset(setup.problem)}</p>}
        <dl className="facts selectable">
          <BlenderFact row={row} jobIds={jobIds} />
          {!isMany && detail.more.length > 0 && <MoreFact row={row} more={detail.more} />}
          {facts.map(({ setting, ...fact }) =>
            setting === null ? (
              <Fact key={fact.name} {...fact} />
            ) : (
              <SetupField
                key={setting}
                name={fact.name}
                setting={setting}
                value={setup?.values[setting] ?? null}
                otherwise={
                  isOfScene(fact) && !tested.has(setting) && !knowsScene(setup, setting)
                    ? null
                    : fact.value
                }
                source={tested.has(setting) ? 'test pass' : fact.source}
                tested={tested.has(setting)}
                jobIds={jobIds}
                locked={locked}
              />
            ),
          )}
        </dl>
        {!isMany && <p className="command quoted code selectable">{detail.command}</p>}
        <Button small onClick={() => void copyCommands(jobIds)}>
          {isMany ? 'Copy commands' : 'Copy command'}
        </Button>
      </div>
      <WrittenLine jobId={row.id} />
    </>
  );
}

/** What a scene was opened with may be of a shot file before this one: who has read the files knows. */
function knowsScene(setup: ShotSetup | null, setting: SettingKey): boolean {
  return setup === null || setup.values[setting].scene !== null;
}

/** Says where a change was written, and takes it back. */
function WrittenLine({ jobId }: { readonly jobId: string }) {
  const said = useSetup((state) => (state.said?.jobIds.has(jobId) ? state.said : null));
  return (
    <div role="status" className="setup-said" hidden={said === null}>
      <p className={said?.bad ? 'fact-missing' : undefined}>{said?.text}</p>
      {said?.canUndo && (
        <Button small look="quiet" onClick={() => void undoSetup()}>
          Undo
        </Button>
      )}
    </div>
  );
}

/** Which Blender renders it and why, and the way to another one: for all shots that are selected. */
function BlenderFact({
  row,
  jobIds,
}: {
  readonly row: JobRow;
  readonly jobIds: readonly string[];
}) {
  const dialog = useUi((state) => state.dialog);
  // A dialog that was closed may have chosen another one, and a run may have begun it.
  const blender = useShotBlender(row.id, `${dialog?.kind} ${row.status} ${row.error?.cause}`);
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

/** What its .blend holds besides what it renders, and the act that makes shots of it. */
function MoreFact({ row, more }: { readonly row: JobRow; readonly more: JobDetail['more'] }) {
  const atWork = useBatch(({ mirror }) => mirror === null || isAtWork(mirror.view));
  return more.map((parts) => (
    <Fragment key={parts.by}>
      <dt>{parts.by === 'scenes' ? 'Scenes' : 'Cameras'}</dt>
      <dd>
        {typeset(partsSentence(parts))}
        {row.more?.includes(parts.by) && !atWork && (
          <Button small onClick={() => void makeShots([row.id], parts.by)}>
            {SPLIT_WORDS[parts.by]}
          </Button>
        )}
      </dd>
    </Fragment>
  ));
}

function Fact({ name, value, source }: Omit<SetupFact, 'setting'>) {
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

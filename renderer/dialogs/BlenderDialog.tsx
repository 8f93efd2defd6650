import { useId, useState } from 'react';
import {
  type BlenderInstall,
  compareVersions,
  installTitle,
} from '../../shared/blender-install.ts';
import { isolated } from '../../shared/safe-text.ts';
import type { ShotBlender } from '../../shared/shot-blender.ts';
import { blenderOf, chooseBlenderOf } from '../actions/blender-actions.ts';
import { closeDialog } from '../actions/ui-actions.ts';
import { useBatch } from '../store/batch-store.ts';
import { useLibrary } from '../store/library-store.ts';
import { counted } from '../text/format.ts';
import { Button } from '../ui/Button.tsx';
import { Modal } from '../ui/Modal.tsx';
import { useAnswer } from '../ui/use-answer.ts';
import './BlenderDialog.css';
import { assertNever } from '../../shared/assert-never.ts';

/** Which Blender renders these shots: whichever fits each of them, or one for all of them. */
export function BlenderDialog({ jobIds }: { readonly jobIds: readonly string[] }) {
  const name = useBatch((state) => state.mirror?.rows.get(jobIds[0] ?? '')?.name ?? 'the shot');
  const one = jobIds.length === 1;
  const found = useLibrary((state) => state.blenders?.found ?? null);
  const shot = useShotBlender(one ? (jobIds[0] ?? null) : null);
  const [picked, setPicked] = useState<string | null | undefined>(undefined);
  // Until the artist picks one, what the shot has now; of several nobody says that they have the same.
  const now = picked === undefined ? pickedNow(shot, found) : picked;
  const group = useId();
  const save = async () => {
    if (now === undefined) return;
    closeDialog();
    await chooseBlenderOf(jobIds, now);
  };
  return (
    <Modal
      title={`Blender of ${one ? isolated(name) : counted(jobIds.length, 'shot')}`}
      text="It counts from the next time that a shot is opened. What failed for want of a Blender is then taken up by “Retry”."
      onClose={closeDialog}
      actions={
        <>
          <Button onClick={closeDialog}>Cancel</Button>
          <Button look="primary" disabled={now === undefined} onClick={() => void save()}>
            Choose
          </Button>
        </>
      }
    >
      <fieldset className="blender-choices">
        <legend className="visually-hidden">Blender</legend>
        {blenderPicks(shot, one, found).map(({ version, title, aside }) => (
          <Pick
            key={version ?? ''}
            name={group}
            title={title}
            aside={aside}
            picked={now === version}
            onPick={() => setPicked(version)}
          />
        ))}
      </fieldset>
    </Modal>
  );
}

interface PickProps {
  readonly name: string;
  readonly title: string;
  readonly aside: string;
  readonly picked: boolean;
  readonly onPick: () => void;
}

function Pick({ name, title, aside, picked, onPick }: PickProps) {
  return (
    <label className="blender-choice">
      <input type="radio" name={name} checked={picked} onChange={onPick} />
      <span>{title}</span>
      <span className="aside">{aside}</span>
    </label>
  );
}

/** `null`: not known yet, or of no one shot. */
export function useShotBlender(jobId: string | null, anew: unknown = null): ShotBlender | null {
  return useAnswer(jobId, blenderOf, anew);
}

/** One of the Blenders that shots can have. */
interface BlenderPick {
  /** Such as `4.3.2`; `null`: none is chosen by hand. */
  readonly version: string | null;
  readonly title: string;
  readonly aside: string;
}

/**
 * What can be chosen for shots.
 * @param shot the only one; `null`: there are several, or nothing is known of it yet
 * @param found `null`: nobody has looked yet
 */
export function blenderPicks(
  shot: ShotBlender | null,
  isOne: boolean,
  found: readonly BlenderInstall[] | null,
): readonly BlenderPick[] {
  const savedBy = shot?.savedBy ?? null;
  // Of one version the first that is found is taken, whichever folder it is in.
  const versions = (found ?? []).filter(
    ({ version }, at, all) => all.findIndex((other) => other.version === version) === at,
  );
  const picks = versions.map((install) => ({
    version: install.version,
    title: installTitle(install),
    aside:
      savedBy !== null && compareVersions(install.version, savedBy) < 0
        ? `older than ${savedBy}, which saved it: parts may be lost`
        : '',
  }));
  const now = pickedNow(shot, found);
  const isMissing = now != null && !versions.some(({ version }) => version === now);
  // It may have come since somebody looked.
  const isUnknown = found === null || shot?.uses?.version === now;
  const missing = {
    version: now ?? null,
    title: `Blender ${now}${isUnknown ? '' : ' (not here)'}`,
    aside: '',
  };
  return [notByHand(shot, isOne), ...picks, ...(isMissing ? [missing] : [])];
}

/** What a shot has now: a version, or `null` where none is chosen by hand; `undefined`: nobody knows. */
export function pickedNow(
  shot: ShotBlender | null,
  found: readonly BlenderInstall[] | null,
): string | null | undefined {
  if (shot === null) return undefined;
  const { chosen, uses } = shot;
  // `4.3` is said of any 4.3.x: the one that it comes to.
  const is = (version: string) => version === chosen || version.startsWith(`${chosen}.`);
  if (chosen === null) return null;
  if (uses && is(uses.version)) return uses.version;
  return (found ?? []).find(({ version }) => is(version))?.version ?? chosen;
}

function notByHand(shot: ShotBlender | null, isOne: boolean): BlenderPick {
  const version = null;
  if (!isOne) {
    const aside = 'as its shot file or the settings say, else the one that saved it';
    return { version, title: 'For each shot the one that fits it', aside };
  }
  if (shot === null) return { version, title: 'The one that fits it', aside: '' };
  const { otherwise, reason, uses } = shot;
  const which = otherwise.version === null ? '' : ` (${otherwise.version})`;
  switch (otherwise.reason) {
    case 'shot-file':
      return { version, title: `As its shot file says${which}`, aside: '' };
    case 'for-all':
      return { version, title: `The one chosen for all${which}`, aside: '' };
    case 'saved': {
      const aside =
        reason === 'begun' ? `or ${uses?.version}, which began it` : 'or the next newer one';
      return { version, title: `The one that saved it${which}`, aside };
    }
    case 'newest':
      return { version, title: 'The newest here', aside: '' };
    default:
      return assertNever(otherwise.reason);
  }
}

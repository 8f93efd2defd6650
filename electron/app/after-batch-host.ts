import { BrowserWindow } from 'electron';
import { powerText } from '../../shared/when-done.ts';
import { changePower } from '../batch/index.ts';
import type { AfterBatchHost } from './after-batch.ts';
import { notify } from './notify.ts';
import type { Push } from './push.ts';
import { refusalOf } from './refusal.ts';

/** The computer and the window, as they are needed after a batch. */
export function afterBatchHost({
  push,
  ...rest
}: Pick<AfterBatchHost, 'whenDone' | 'isNeeded'> & { readonly push: Push }): AfterBatchHost {
  return {
    ...rest,
    change: (act) => changePower(act),
    tell: (countdown) => push('power:changed', countdown),
    announce: ({ act, batchName }) => {
      const body = `${powerText(act)} in a minute. Open Nightshift to keep it on.`;
      notify({ title: `${batchName} is done`, body });
      // In front of the artist, but not between them and what they are typing.
      for (const window of BrowserWindow.getAllWindows()) window.showInactive();
    },
    failed: (error) => push('notice', refusalOf(error).message),
  };
}

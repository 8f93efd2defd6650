import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BrowserWindow, clipboard, dialog, shell } from 'electron';
import type { BlenderInfo } from '../../shared/batch.ts';
import { type BatchProcessor, blenderInfo, generateBatchReport } from '../batch/index.ts';
import { Refusal } from './refusal.ts';
import { nameOf } from './view.ts';

/** What is done outside of the window: system dialogs, the clipboard, the file manager. */
export interface Desktop {
  /** `null`: the dialog was closed. */
  readonly chooseFolder: () => Promise<string | null>;
  readonly chooseBlender: () => Promise<BlenderInfo | null>;
  readonly reveal: (path: string) => void;
  /** Where the report was written; `null`: the dialog was closed. */
  readonly exportReport: (processor: BatchProcessor) => Promise<string | null>;
  readonly copyReport: (processor: BatchProcessor) => void;
}

export const desktop: Desktop = {
  chooseFolder: () => choose({ title: 'Open a shot folder', properties: ['openDirectory'] }),
  chooseBlender: async () => {
    const path = await choose({ title: 'Choose a Blender', properties: ['openFile'] });
    if (path === null) return null;
    const answer = await blenderInfo(path);
    if (answer.ok) return answer.value;
    throw new Refusal(answer.failure.message, answer.failure.nextStep);
  },
  reveal: (path) => shell.showItemInFolder(path),
  exportReport: async (processor) => {
    const { folder } = processor.batch;
    const options = {
      title: 'Export report',
      defaultPath: join(folder, `${nameOf(folder)}-report.md`),
      filters: [{ name: 'Markdown', extensions: ['md'] }],
    };
    const window = BrowserWindow.getAllWindows()[0];
    const { canceled, filePath } = await (window
      ? dialog.showSaveDialog(window, options)
      : dialog.showSaveDialog(options));
    if (canceled || !filePath) return null;
    await writeFile(filePath, generateBatchReport(processor.getResult()));
    return filePath;
  },
  copyReport: (processor) => clipboard.writeText(generateBatchReport(processor.getResult())),
};

async function choose(options: Electron.OpenDialogOptions): Promise<string | null> {
  const window = BrowserWindow.getAllWindows()[0];
  const { canceled, filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options));
  return canceled ? null : (filePaths[0] ?? null);
}

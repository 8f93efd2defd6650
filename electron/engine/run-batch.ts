import type { BatchResult } from '../../shared/batch.ts';
import type { BatchSignal } from '../../shared/events.ts';
import { BatchProcessor, type ProcessorOptions } from './batch-processor.ts';
import { createBatchFromDirectory } from './folder/create-batch.ts';

export interface RunBatchOptions extends ProcessorOptions {
  /** Where frames go; default `FOLDER/renders`. */
  readonly output?: string | null;
  /** Aborting cancels: what is done stays done. */
  readonly signal?: AbortSignal;
  readonly onSignal?: (signal: BatchSignal, processor: BatchProcessor) => void;
}

/** Folder in, result out: reads the shots, renders what is left, and lets go of everything. */
export async function runBatch(
  folder: string,
  options: RunBatchOptions = {},
): Promise<BatchResult> {
  const { output = null, signal, onSignal, ...rest } = options;
  const processor = new BatchProcessor(await createBatchFromDirectory(folder, { output }), rest);
  if (onSignal) processor.subscribe((told) => onSignal(told, processor));
  const cancel = () => void processor.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const running = processor.processBatch();
    if (signal?.aborted) cancel();
    return await running;
  } finally {
    signal?.removeEventListener('abort', cancel);
    await processor.close();
  }
}

import { z } from 'zod';

const line = z.looseObject({
  type: z.string(),
  job: z.string().optional(),
  frame: z.int().optional(),
});

/**
 * Frames for which a journal counts more than one try. A try that was cut off by the end of its run was given back with it. On purpose
 * not Nightshift's own reader: that one is under test.
 * @param faulty frames that have failed once by themselves, and so have two
 */
export function triesTooMany(text: string, faulty: ReadonlySet<number>): readonly string[] {
  const tries = new Map<string, number>();
  const open = new Map<string, number>();
  const found: string[] = [];
  for (const row of text.split('\n')) {
    const event = parsed(row);
    if (event?.type === 'batch-started') {
      for (const key of open.keys()) tries.set(key, (tries.get(key) ?? 1) - 1);
      open.clear();
    }
    if (event?.job === undefined || event.frame === undefined) continue;
    const { type, frame } = event;
    const key = `${event.job} ${frame}`;
    if (type === 'frame-started') {
      open.set(key, frame);
      const now = (tries.get(key) ?? 0) + 1;
      tries.set(key, now);
      if (now > (faulty.has(frame) ? 2 : 1)) found.push(`${key} is tried for the ${now}. time`);
    } else {
      open.delete(key);
      if (type === 'frame-released') tries.set(key, (tries.get(key) ?? 1) - 1);
    }
  }
  return found;
}

function parsed(row: string): z.infer<typeof line> | null {
  try {
    return line.parse(JSON.parse(row));
  } catch {
    return null;
  }
}

import { onTestFinished } from 'vitest';
import { type Answer, type Elsewhere, type Heard, listening } from './listening.ts';

export type { Answer, Elsewhere, Heard };

/** A place elsewhere, on this computer, for one test. */
export async function elsewhere(...answers: readonly Answer[]): Promise<Elsewhere> {
  const there = await listening(...answers);
  onTestFinished(there.close);
  return there;
}

/** The parts of a form that came, by name. */
export async function formOf({ headers, body }: Heard): Promise<FormData> {
  return new Response(new Uint8Array(body), {
    headers: { 'content-type': headers['content-type'] ?? '' },
  }).formData();
}

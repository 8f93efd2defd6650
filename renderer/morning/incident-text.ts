import { assertNever } from '../../shared/assert-never.ts';
import { poolText, recoverySentences } from '../../shared/incident-text.ts';
import type { Incident } from '../../shared/night.ts';
import { printable } from '../../shared/safe-text.ts';
import { clock, wholeDuration } from '../text/format.ts';

/** What the night met, as sentences. */
export function incidentText(incident: Incident): string {
  return printable(sentenceOf(incident));
}

function sentenceOf(incident: Incident): string {
  switch (incident.kind) {
    case 'interrupted':
      return `The run broke off: a crash, a power cut or a kill. It went on at ${clock(incident.until)}.`;
    case 'paused':
      return pauseText(incident);
    case 'pool-changed':
      return poolText(incident);
    case 'recovered':
      return recoverySentences(incident.found).join(' ');
    default:
      return assertNever(incident);
  }
}

function pauseText(pause: Extract<Incident, { kind: 'paused' }>): string {
  const full = pause.reason === 'disk-full';
  const lost = wholeDuration(pause.pausedMs / 1000);
  const times = pause.times === 1 ? '' : `, ${pause.times} times`;
  if (!full) return `Paused by hand for ${lost}${times}.`;
  return `The disk was full: no frame was started for ${lost}${times}. ${pause.message}`;
}

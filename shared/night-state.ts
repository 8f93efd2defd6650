import type { RunEvent } from './events.ts';
import { type Incident, MOST_INCIDENTS, type Night, QUIET_NIGHT } from './night.ts';

/** A disk that fills up again within this time is one incident. */
const SAME_PAUSE_MS = 10 * 60_000;

/**
 * The night after an event of the run. Bounded, however long a disk flaps.
 * @param before what is known of the run before, for a `batch-started`
 */
export function nightAfter(
  night: Night,
  event: RunEvent,
  before: { readonly resumes: boolean; readonly brokeOffAt: number | null },
): Night {
  switch (event.type) {
    case 'batch-started': {
      const { at } = event;
      const old = before.resumes ? unpaused(night, before.brokeOffAt ?? at) : fresh(night);
      const { chosen: _, ...kept } = old;
      const begun = { ...kept, pausedMs: 0, pool: null };
      if (before.brokeOffAt === null) return begun;
      return plus(begun, { kind: 'interrupted', at: before.brokeOffAt, until: at });
    }
    case 'batch-paused':
      return paused(night, event);
    case 'batch-unpaused':
    case 'batch-finished':
      return unpaused(night, event.at);
    case 'pool-changed': {
      const { at, workers, of, message } = event;
      const pool = { at, workers, of, message };
      return {
        ...plus(night, { kind: 'pool-changed', ...pool }),
        pool: workers < of ? pool : null,
      };
    }
    case 'workers-chosen': {
      const { at, workers, threads, message } = event;
      return { ...night, chosen: { at, workers, threads, message } };
    }
    case 'place-lost':
      return placeLost(night, event);
    case 'node-left-out': {
      const { at, node, message } = event;
      return plus(night, { kind: 'node-left-out', at, node, message });
    }
    case 'batch-recovered': {
      const { at, found } = event;
      const told = plus(night, { kind: 'recovered', at, found });
      return { ...told, linesTold: told.linesTold + found.linesSetAside };
    }
    case 'jobs-gone':
      return night;
  }
}

function fresh({ linesTold }: Night): Night {
  return { ...QUIET_NIGHT, linesTold };
}

function paused(
  night: Night,
  { at, reason, message }: Extract<RunEvent, { type: 'batch-paused' }>,
): Night {
  // Already paused, for another reason now: its time goes on.
  const since = night.pausedSince ?? at;
  const last = night.incidents.at(-1);
  const isSame = last?.kind === 'paused' && last.reason === reason;
  if (isSame && (last.until === null || at - last.until < SAME_PAUSE_MS)) {
    const times = last.times + (last.until === null ? 0 : 1);
    const again: Incident = { ...last, until: null, message, times };
    return { ...night, incidents: night.incidents.with(-1, again), pausedSince: since };
  }
  const ended = ending(night, at);
  const incident = { kind: 'paused', at, until: null, reason, message, times: 1 } as const;
  return plus({ ...ended, pausedSince: since }, { ...incident, pausedMs: 0 });
}

function unpaused(night: Night, at: number): Night {
  if (night.pausedSince === null) return night;
  const pausedMs = night.pausedMs + Math.max(0, at - night.pausedSince);
  return { ...ending(night, at), pausedMs, pausedSince: null };
}

/** The pause that goes on ends now. */
function ending(night: Night, at: number): Night {
  if (night.pausedSince === null) return night;
  const since = night.pausedSince;
  const incidents = night.incidents.map((incident) => {
    if (incident.kind !== 'paused' || incident.until !== null) return incident;
    const lost = Math.max(0, at - Math.max(since, incident.at));
    return { ...incident, until: at, pausedMs: incident.pausedMs + lost };
  });
  return { ...night, incidents };
}

function placeLost(
  night: Night,
  { at, cause, message }: Extract<RunEvent, { type: 'place-lost' }>,
): Night {
  const last = night.incidents.at(-1);
  if (last?.kind !== 'place-lost' || last.cause !== cause) {
    return plus(night, { kind: 'place-lost', at, until: at, cause, times: 1, message });
  }
  const again: Incident = { ...last, until: at, times: last.times + 1, message };
  return { ...night, incidents: night.incidents.with(-1, again) };
}

function plus(night: Night, incident: Incident): Night {
  if (night.incidents.length >= MOST_INCIDENTS) return { ...night, more: night.more + 1 };
  return { ...night, incidents: [...night.incidents, incident] };
}

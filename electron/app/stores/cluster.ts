import type { BatchConfig } from '../../../shared/batch.ts';
import { type Cluster, NotInCluster, wishesFor } from '../../../shared/cluster.ts';
import { askedAllocation, type HostConfig, hostConfig } from '../../../shared/hosts.ts';
import type { Settings } from '../../../shared/settings.ts';
import { surveyCluster } from '../../engine/index.ts';
import { Refusal } from '../refusal.ts';

/** The cluster that this computer belongs to, if any. */
export class ClusterShelf {
  #seen: Promise<Cluster | null> | null = null;

  /** `null`: none answers. @param again asks also where one is known */
  look(again = false): Promise<Cluster | null> {
    if (again || this.#seen === null) this.#seen = surveyCluster();
    return this.#seen;
  }

  /**
   * Where a run that begins now has its Blenders, and the memory that counts there. The cluster is asked anew only for a
   * run on it; refuses what it does not have.
   */
  async placesFor(settings: Settings): Promise<HostConfig & Pick<BatchConfig, 'memoryLimitMb'>> {
    const asked = askedAllocation(settings);
    if (asked === null) return { ...hostConfig('here'), memoryLimitMb: settings.memoryLimitMb };
    const cluster = await this.look(true);
    if (cluster === null) {
      throw new Refusal(
        'The cluster does not answer, so no node can be asked for.',
        'Try again when it does, or choose this computer under Where.',
      );
    }
    try {
      return { ...hostConfig(settings.where, wishesFor(asked, cluster)), memoryLimitMb: null };
    } catch (error) {
      if (!(error instanceof NotInCluster)) throw error;
      throw new Refusal(error.message, 'Change what is asked for in the settings, under Where.');
    }
  }
}

import { join } from 'node:path';
import { z } from 'zod';
import type { Trust } from '../../../shared/view.ts';
import { JsonFile } from './json-file.ts';

const schema = z.record(z.string(), z.boolean());

/** Which folders may run their Python and write elsewhere, asked once a folder. Keys are real paths. */
export class TrustStore {
  readonly #file: JsonFile<Record<string, boolean>>;

  constructor(data: string) {
    this.#file = new JsonFile(join(data, 'trust.json'), schema, {});
  }

  /** @param folder absolute, links resolved */
  async of(folder: string, wantsTrust: boolean): Promise<Trust> {
    const decisions = await this.#file.read();
    if (Object.hasOwn(decisions, folder)) return decisions[folder] ? 'trusted' : 'untrusted';
    return wantsTrust ? 'ask' : 'not-needed';
  }

  async decide(folder: string, trusted: boolean): Promise<void> {
    await this.#file.write({ ...(await this.#file.read()), [folder]: trusted });
  }
}

import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { GlobalHead } from '@casebook/event-store';
import { claimSlot, type StateStore } from '@casebook/state';
import type { TusServer } from '@casebook/storage';

const TEN_MINUTES = 10 * 60_000;
const DAY = 24 * 60 * 60_000;

/** What has to be done now and then: expired state and uploads go, and the head of the chain is written down. */
@Injectable()
export class Maintenance {
  readonly #log = new Logger('maintenance');

  constructor(
    private readonly state: StateStore,
    private readonly uploads: TusServer,
    private readonly head: GlobalHead,
    private readonly isReferenced: (objectName: string) => Promise<boolean>,
    /** Names this instance where others do the same work over the same stores; each round is then done by one. */
    private readonly amongOthers?: string,
  ) {}

  @Interval(TEN_MINUTES)
  async tidy(): Promise<void> {
    if (!(await this.isMine('tidy', TEN_MINUTES))) return;
    await this.attempt('expired state', () => this.state.sweep());
    await this.attempt('expired uploads', () => this.uploads.sweep(this.isReferenced));
    await this.attempt('checkpoint of the chain', async () => {
      const { ok, findings } = await this.head.checkpoint();
      if (!ok)
        this.#log.error(`The record does not hold: ${findings[0]?.message ?? ''}. Run: npm run cli -- audit verify`);
    });
  }

  @Interval(DAY)
  async removeOrphans(): Promise<void> {
    if (!(await this.isMine('orphans', DAY))) return;
    await this.attempt('orphaned files', () => this.uploads.sweepOrphans(this.isReferenced));
  }

  private async isMine(job: string, everyMs: number): Promise<boolean> {
    if (this.amongOthers === undefined) return true;
    const slot = new Date(Math.floor(Date.now() / everyMs) * everyMs);
    return claimSlot(this.state, job, slot, this.amongOthers).catch(() => false);
  }

  private async attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#log.error(what, error instanceof Error ? error.stack : String(error));
    }
  }
}

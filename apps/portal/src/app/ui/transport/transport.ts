/** What a transport tells of its file. */
export interface TransportEvents {
  /** Bytes that left this device. */
  progress(sent: number): void;
  /** All of it is there, to be attached by the transport's id. */
  arrived(): void;
  /** Nobody answers; it is worth trying again later. */
  lost(): void;
  /** It was refused; in the user's words. */
  failed(reason: string): void;
}

/** Takes one file to the portal, in whatever pieces. */
export interface Transport {
  /** Id of the upload; absent before it begins. */
  readonly id: string | undefined;
  /** Begins, or goes on where an earlier try of the same file stopped, even before a reload. */
  start(): Promise<void>;
  /** Stops without losing what was sent. */
  stop(): void;
  /** Gives up: what was sent is thrown away. */
  cancel(): void;
}

/** `key` names the same file of the same ticket again after a reload. */
export type TransportMaker = (file: File, key: string, events: TransportEvents) => Transport;

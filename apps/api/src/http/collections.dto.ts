export class CollectionDto {
  uploadId!: string;
  fileName!: string;
  /** Bytes. */
  size!: number;
  /** Hex. */
  sha256!: string;
  /** ISO. */
  receivedAt!: string;
  /** Number of the ticket that it was attached to. */
  attachedTo?: string;
}
export class CollectionsDto {
  items!: CollectionDto[];
}

import type { Position } from '@casebook/kernel';
import type { SqliteDatabase, SqliteStatement } from '@casebook/sqlite';
import type { Document, DocumentWrite, ReadModelDefinition } from '../read-model';
import { unfit } from '../refusals';
import { scalarAt } from '../value-at';
import { keyOf, valuesAt, type Key } from './key';
import type { Shape } from './shape';

const PAGE_OF_DOCUMENTS = 1_000;

/** The statements that write documents, their keys and the members of their arrays. Run inside a transaction. */
export class DocumentWrites {
  private readonly columns: readonly string[];
  private readonly paths: readonly (readonly string[])[];
  private readonly find: SqliteStatement;
  private readonly insert: SqliteStatement;
  private readonly updates = new Map<string, SqliteStatement>();
  private readonly upsert: SqliteStatement;
  private readonly remove: SqliteStatement;
  private readonly removeOlder: SqliteStatement;
  private readonly members: readonly { path: string; insert: SqliteStatement; remove: SqliteStatement }[];

  constructor(
    private readonly db: SqliteDatabase,
    private readonly definition: ReadModelDefinition,
    shape: Shape,
  ) {
    this.paths = [...shape.columns.keys()].map((path) => path.split('.'));
    this.columns = [...shape.columns.values()];
    const set = ['position', ...this.columns, 'body'];
    const inserted = `INSERT INTO docs(id, ${set.join(', ')}) VALUES (?, ${set.map(() => '?').join(', ')})`;
    const updated = set.map((column) => `${column} = excluded.${column}`).join(', ');
    this.find = db.prepare(`SELECT ${['seq', 'position', ...this.columns].join(', ')} FROM docs WHERE id = ?`).raw();
    this.insert = db.prepare(inserted);
    this.upsert = db.prepare(
      `${inserted} ON CONFLICT(id) DO UPDATE SET ${updated} WHERE excluded.position >= docs.position`,
    );
    this.remove = db.prepare('DELETE FROM docs WHERE seq = ?');
    this.removeOlder = db.prepare('DELETE FROM docs WHERE id = ? AND position <= ?');
    this.members = [...shape.members].map(([path, table]) => ({
      path,
      insert: db.prepare(`INSERT OR IGNORE INTO ${table}(value, doc) VALUES (?, ?)`),
      remove: db.prepare(`DELETE FROM ${table} WHERE doc = ?`),
    }));
  }

  /** Writes one document unless a newer one is there; answers by how many the documents changed. */
  write({ id, document, position }: DocumentWrite<Document>): number {
    const [seq, storedAt, ...before] = (this.find.get(id) ?? []) as [number?, Position?, ...Key[]];
    if (storedAt !== undefined && storedAt > position) return 0;
    if (seq !== undefined) for (const { remove } of this.members) remove.run(seq);
    if (document === null) {
      if (seq !== undefined) this.remove.run(seq);
      return seq === undefined ? 0 : -1;
    }
    const keys = this.keys(id, document);
    const body = this.text(id, document);
    if (seq !== undefined) {
      this.replace(seq, position, before, keys, body);
      this.addMembers(seq, document);
      return 0;
    }
    this.addMembers(Number(this.insert.run(id, position, ...keys, body).lastInsertRowid), document);
    return 1;
  }

  /** The same while a file is filled: members and the number of documents are worked out at the end. */
  fill({ id, document, position }: DocumentWrite<Document>): void {
    if (document === null) this.removeOlder.run(id, position);
    else this.upsert.run(id, position, ...this.keys(id, document), this.text(id, document));
  }

  /** Writes the members of all documents, after they were filled in. */
  fillMembers(): void {
    if (this.members.length === 0) return;
    const page = this.db.prepare('SELECT seq, body FROM docs WHERE seq > ? ORDER BY seq LIMIT ?');
    this.db.transaction(() => {
      for (let after = 0; ;) {
        const rows = page.all(after, PAGE_OF_DOCUMENTS) as { seq: number; body: string }[];
        const last = rows.at(-1);
        if (!last) return;
        for (const { seq, body } of rows) this.addMembers(seq, JSON.parse(body) as Document);
        after = last.seq;
      }
    })();
  }

  /** The keys of a document, in the order of the columns. Throws for one that holds no scalar where an index looks. */
  keys(id: string, document: Document): Key[] {
    return this.paths.map((path) => keyOf(scalarAt(document, path, (reason) => unfit(this.definition, id, reason))));
  }

  /** Sets only the keys that changed: SQLite rewrites every index that has one of the columns that are set. */
  private replace(seq: number, position: Position, before: readonly Key[], keys: readonly Key[], body: string): void {
    const changed = this.columns.map((column, at) => ({ column, before: before[at], key: keys[at] })).filter(differs);
    const columns = changed.map(({ column }) => column);
    const name = columns.join();
    let update = this.updates.get(name);
    if (!update) {
      const set = ['position', ...columns, 'body'].map((column) => `${column} = ?`);
      update = this.db.prepare(`UPDATE docs SET ${set.join(', ')} WHERE seq = ?`);
      this.updates.set(name, update);
    }
    update.run(position, ...changed.map(({ key }) => key), body, seq);
  }

  private addMembers(seq: number, document: Document): void {
    for (const { path, insert } of this.members)
      for (const value of valuesAt(document, path)) if (value !== null) insert.run(keyOf(value), seq);
  }

  private text(id: string, document: Document): string {
    try {
      return JSON.stringify(document);
    } catch (error) {
      throw unfit(this.definition, id, error instanceof Error ? error.message : String(error));
    }
  }
}

function differs({ before, key }: { before: Key | undefined; key: Key | undefined }): boolean {
  return Buffer.isBuffer(before) && Buffer.isBuffer(key) ? !before.equals(key) : before !== key;
}

import type { DocumentFile } from './document-file';
import type { Key } from './key';

/** What happens to a query that would walk over more than 5,000 documents: tests refuse it, production writes it down. */
export type ScanPolicy = { readonly refuseScans: true } | { readonly onScan: (message: string) => void };

/** `walks`: over all documents, with or without an index. `sorts`: all that an index finds. */
type Plan = 'walks' | 'sorts' | 'fine';

const SCAN_LIMIT = 5_000;

/** Reads the plans of queries and finds those that grow with the read model instead of with their answer. */
export class ScanGuard {
  private readonly plans = new WeakMap<DocumentFile, Map<string, Plan>>();

  constructor(private readonly policy: ScanPolicy) {}

  /** Checks one query before it runs. `where` is its condition alone, without cursor, order and limit. */
  check(
    file: DocumentFile,
    sql: string,
    values: readonly Key[],
    where: { text: string; values: readonly Key[] },
  ): void {
    if (file.size <= SCAN_LIMIT) return;
    const plan = this.plan(file, sql, values);
    if (plan === 'walks') this.report(file, `walks over ${file.size} documents`, sql);
    // A sort of what an index found is fine as long as that is little; only the count can tell.
    else if (plan === 'sorts' && 'refuseScans' in this.policy) {
      const found = file
        .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM docs WHERE ${where.text} LIMIT ${SCAN_LIMIT + 1})`)
        .get(...where.values) as { n: number };
      if (found.n > SCAN_LIMIT) this.report(file, `sorts more than ${SCAN_LIMIT} documents`, sql);
    }
  }

  private plan(file: DocumentFile, sql: string, values: readonly Key[]): Plan {
    const plans = this.plans.get(file) ?? new Map<string, Plan>();
    this.plans.set(file, plans);
    const known = plans.get(sql);
    if (known) return known;
    if (plans.size >= 1_000) plans.clear();
    const steps = file.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
    const plan = judge(
      steps.map(({ detail }) => detail),
      sql,
    );
    plans.set(sql, plan);
    return plan;
  }

  private report(file: DocumentFile, what: string, sql: string): void {
    const message = `${file.definition.name}: a query ${what}; declare an index for it: ${sql}`;
    if ('refuseScans' in this.policy) throw new Error(message);
    this.plans.get(file)?.set(sql, 'fine');
    this.policy.onScan(message);
  }
}

function judge(steps: readonly string[], sql: string): Plan {
  const sorts = steps.some((step) => step === 'USE TEMP B-TREE FOR ORDER BY');
  const walks = steps.some((step) => /^SCAN docs\b/.test(step));
  // Walking along an index in the asked order, without a condition that could pass rows over, stops at the limit.
  const stops = !sorts && !sql.includes(' WHERE ') && sql.includes(' LIMIT ');
  if (walks) return stops ? 'fine' : 'walks';
  return sorts ? 'sorts' : 'fine';
}

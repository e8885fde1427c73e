export interface Source {
  readonly title: string;
  readonly url?: string;
}

/** The words of a rule, apart from its logic. `{name}` stands for a found value, `{name|bytes}` for a formatted one. */
export interface RuleText {
  readonly title: string;
  /** Why the test exists. */
  readonly why: string;
  /** A sentence per key: pass, fail, info or a key of the rule's own. */
  readonly says: Readonly<Record<string, string>>;
  /** What to do, in order. */
  readonly remedy: readonly string[];
  readonly sources: readonly Source[];
}

/** A page of the PostgreSQL manual. */
export const manual = (page: string, title: string): Source => ({
  title: `PostgreSQL manual: ${title}`,
  url: `https://www.postgresql.org/docs/current/${page}.html`,
});

export const source = (title: string, url?: string): Source => (url === undefined ? { title } : { title, url });

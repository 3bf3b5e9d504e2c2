/** Rows as they are shown: one by one, or folded under their group-specific term. */
export type Part<Row> =
  | { readonly kind: "single"; readonly row: Row; readonly at: number }
  | { readonly kind: "folded"; readonly term: string; readonly rows: readonly Row[]; readonly at: readonly number[] };

/** Gathers the rows of each term where its first row stands; `at` are positions in `rows`. */
export function fold<Row extends { readonly term: string | null }>(rows: readonly Row[]): Part<Row>[] {
  const parts: Part<Row>[] = [];
  const terms = new Map<string, { rows: Row[]; at: number[] }>();
  rows.forEach((row, at) => {
    if (row.term === null) return void parts.push({ kind: "single", row, at });
    let folded = terms.get(row.term);
    if (!folded) {
      folded = { rows: [], at: [] };
      terms.set(row.term, folded);
      parts.push({ kind: "folded", term: row.term, ...folded });
    }
    folded.rows.push(row);
    folded.at.push(at);
  });
  return parts;
}

/** The terms with one more, or without the one that was among them. */
export function toggled(terms: readonly string[], term: string): readonly string[] {
  return terms.includes(term) ? terms.filter((one) => one !== term) : [...terms, term];
}

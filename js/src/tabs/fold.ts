/** Rows as they are shown, by their positions: one by itself, which has no term here, or those of a group-specific term. */
export interface Part {
  readonly term: string | null;
  readonly at: readonly [number, ...number[]];
}

/** Gathers the rows of each term where its first row stands. */
export function fold(rows: readonly { readonly term: string | null }[]): Part[] {
  const parts: Part[] = [];
  const terms = new Map<string, number[]>();
  rows.forEach(({ term }, row) => {
    const folded = term === null ? undefined : terms.get(term);
    if (folded) return void folded.push(row);
    const at: [number, ...number[]] = [row];
    parts.push({ term, at });
    if (term !== null) terms.set(term, at);
  });
  return parts;
}

/** The terms with one more, or without the one that was among them. */
export const toggled = (terms: readonly string[], term: string): readonly string[] =>
  terms.includes(term) ? terms.filter((one) => one !== term) : [...terms, term];

/** The text of the function that `js/engine.mjs` makes of `engine.ts`; null where nothing is bundled, and so there are no workers. */
export const source: string | null = null;

/** Which draws the user points at. A draw is known by its number in the fit; see `fit/draws.ts`. */

/** An interval of one number: the draws within it remain. */
export interface Brush {
  readonly label: string;
  readonly low: number;
  readonly high: number;
  /** Of each shipped draw, by its place, where the number is none of the posterior's but made of them. */
  readonly values?: Float64Array;
}

export interface Selection {
  readonly hovered: number | null;
  readonly pinned: number | null;
  readonly brushed: Brush | null;
}

export const NOTHING: Selection = { hovered: null, pinned: null, brushed: null };

/** The functions return the same selection where nothing changes, so that nothing is drawn again. */
export const hover = (selection: Selection, draw: number | null): Selection =>
  selection.hovered === draw ? selection : { ...selection, hovered: draw };

/** Pins a draw; the one that is pinned already is let go. */
export const pin = (selection: Selection, draw: number): Selection => ({ ...selection, pinned: selection.pinned === draw ? null : draw });

/** Lets pin, hover and brush go. */
export const free = (selection: Selection): Selection => isNothing(selection) ? selection : NOTHING;

/** Keeps the draws of an interval, or all of them. */
export function brush(selection: Selection, interval: Brush | null): Selection {
  const { brushed } = selection;
  const same = brushed === interval || (brushed?.label === interval?.label && brushed?.low === interval?.low && brushed?.high === interval?.high);
  return same ? selection : { ...selection, brushed: interval };
}

/** The draw that lights up. */
export const lit = ({ hovered, pinned }: Selection): number | null => hovered ?? pinned;

export const isNothing = ({ hovered, pinned, brushed }: Selection): boolean => hovered === null && pinned === null && brushed === null;

/** The draws of a fit as far as a selection knows them. */
export interface Numbered {
  readonly n_chains: number;
  readonly n_draws: number;
  readonly columns: readonly { readonly label: string }[];
}

/**
 * The selection for another fit, or for more draws of the same one: a draw keeps its chain and its place in it, and is
 * let go where there is none; so is a brush of a number that has gone, or that was made of draws. `after` is null where there are no draws.
 */
export function carried(selection: Selection, before: Numbered | null, after: Numbered | null): Selection {
  if (isNothing(selection)) return selection;
  if (before === null || after === null) return NOTHING;
  const moved = (draw: number | null) => {
    if (draw === null) return null;
    const [chain, within] = [Math.floor(draw / before.n_draws), draw % before.n_draws];
    return chain < after.n_chains && within < after.n_draws ? chain * after.n_draws + within : null;
  };
  const { brushed } = selection;
  const there = brushed !== null && !brushed.values && after.columns.some(({ label }) => label === brushed.label);
  return { hovered: moved(selection.hovered), pinned: moved(selection.pinned), brushed: there ? brushed : null };
}

/** What d3-scale needs of d3-interpolate for numbers; `build.mjs` puts it in its place, without colours, dates and strings. */
type Between = (share: number) => number;

export function interpolateNumber(a: number, b: number): Between {
  return (share) => a * (1 - share) + b * share;
}

export const interpolate = interpolateNumber;

export function interpolateRound(a: number, b: number): Between {
  return (share) => Math.round(a * (1 - share) + b * share);
}

/** Scales of colours, which ask for this, are not used; d3-scale names them all the same. */
export function piecewise(): never {
  throw new Error("scales of colours are not in the bundle");
}

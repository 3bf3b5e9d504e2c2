/**
 * What d3-scale asks of d3-interpolate, for scales of numbers alone: the bundle takes this in its place, which leaves out
 * the interpolation of colours, a seventh of the bundle.
 */
export function interpolateNumber(a: number, b: number): (share: number) => number {
  return (share) => a * (1 - share) + b * share;
}

export { interpolateNumber as interpolate, interpolateNumber as interpolateRound };

/** Of scales that nobody makes here, and that are not in the bundle. */
export { interpolateNumber as piecewise };

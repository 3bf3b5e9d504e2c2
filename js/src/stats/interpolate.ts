/**
 * What d3-scale needs of d3-interpolate where all scales are of numbers. The whole of it, with the colours that it mixes,
 * would be an eighth of the bundle: `build.mjs` puts this in its place, and vitest tests the panel with the whole.
 */
export const interpolateNumber = (a: number, b: number) => (t: number) => a * (1 - t) + b * t;
export const interpolateRound = (a: number, b: number) => (t: number) => Math.round(a * (1 - t) + b * t);
export const interpolate = interpolateNumber;

/** Of diverging scales, which nobody asks for; without the name the build could not tell. */
export const piecewise = null;

import type { Sample } from "./decimate.js";

/** Mean and standard deviation (divided by n), computed about the mean. */
export function moments(values: Sample): { readonly mean: number; readonly sd: number } {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, sd: Math.sqrt(squares / values.length) };
}

/** Pearson's correlation of two samples; NaN where one of them does not vary. */
export function correlation(x: Sample, y: Sample): number {
  const [a, b] = [moments(x), moments(y)];
  let products = 0;
  for (let i = 0; i < x.length; i++) products += (x[i]! - a.mean) * (y[i]! - b.mean);
  return products / x.length / (a.sd * b.sd);
}

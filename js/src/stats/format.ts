import { tails } from "./interval.js";

/** What stands where there is no number. */
export const NONE = "–";

/** A count with thousands separators: draws, lines, effective sample sizes. */
export const count = (value: number | null): string => grouped(fixed(value, 0));

/** A written number with commas between its thousands. */
export const grouped = (text: string): string => text.replace(/(?<!\.\d*)\B(?=(\d{3})+(?!\d))/g, ",");

/** A number with a fixed number of decimals; never a negative zero. */
export function fixed(value: number | null, digits: number): string {
  if (!isNumber(value)) return NONE;
  const text = value.toFixed(Math.min(20, Math.max(0, digits)));
  return /^-[0.]+$/.test(text) ? text.slice(1) : text;
}

/** A number with at most `figures` significant figures and no trailing zeros. */
export const brief = (value: number | null, figures = 3): string => isNumber(value) ? String(Number(value.toPrecision(figures))) : NONE;

/** The shortest text that is read back as this number of 32 bits: 0.1, where 64 bits have 0.10000000149011612. */
export function single(value: number): string {
  for (let figures = 6; figures < 9; figures++) {
    const short = Number(value.toPrecision(figures));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** A probability as a percentage: 0.055 is "5.5%". */
export const percent = (prob: number): string => `${Number((100 * prob).toFixed(2))}%`;

/** The column heads of an equal-tailed interval: 0.89 is ["5.5%", "94.5%"]. */
export function tailLabels(prob: number): [string, string] {
  const { low, high } = tails(prob);
  return [percent(low), percent(high)];
}

/** "1 draw", "2,000 draws". */
export const plural = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;

/** Decimals worth showing: the last one is of the size of the Monte Carlo error, as in `diagnose/estimates.py`. */
export function decimals(mcse: number, sd: number): number {
  const size = mcse > 0 ? mcse : sd / 10;
  return size > 0 && Number.isFinite(size) ? Math.min(8, Math.max(0, Math.round(-Math.log10(size)))) : 3;
}

/** True for what can be printed as a number. */
export function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

import type { Fan } from "../fit/fan.js";
import { brief, fixed, isNumber, percent } from "./format.js";
import type { Interval } from "./interval.js";

/** "mean 2.06, 89% interval 1.85 to 2.26": a posterior in words. */
export function posterior(mean: number | null, { low, high }: Interval, prob: number, digits: number | null): string {
  const print = (value: number | null) => (digits === null ? brief(value) : fixed(value, digits));
  return `mean ${print(mean)}, ${percent(prob)} interval ${print(low)} to ${print(high)}`;
}

/** What the fan shows, for a reader who cannot see it. */
export interface FanSentence {
  readonly fan: Fan;
  readonly title: string;
  readonly ylabel: string;
  readonly population: string;
  /** "100 of 1,000 posterior lines", or what is shown in their place. */
  readonly what: string;
}

export function fanSentence({ fan, title, ylabel, population, what }: FanSentence): string {
  const whom = [population, title].filter((part) => part !== "").map((part) => `, for ${part}`).join("");
  const range = fan.kind === "numeric" ? ` from ${ends(fan.grid).join(" to ")}` : "";
  const means = fan.strata.map((stratum) => {
    const name = stratum.label === "" ? "" : `${stratum.label}: `;
    return name + (fan.kind === "numeric" ? course(stratum.mean) : levels(fan, stratum.mean));
  });
  return [`${what} of ${ylabel} over ${fan.x}${range}${whom}`, ...means].join("; ");
}

/** "mean curve rises from 1.05 to 3.10", or its two ends and its range when it turns. */
function course(mean: ArrayLike<number>): string {
  const finite = Array.from(mean).filter(isNumber);
  if (finite.length === 0) return "mean curve not available";
  const steps = finite.slice(1).map((value, i) => value - finite[i]!);
  const [first, last] = ends(finite);
  if (first === last && steps.every((step) => step === 0)) return `mean curve flat at ${first}`;
  if (steps.every((step) => step >= 0)) return `mean curve rises from ${first} to ${last}`;
  if (steps.every((step) => step <= 0)) return `mean curve falls from ${first} to ${last}`;
  const [low, high] = [Math.min(...finite), Math.max(...finite)].map((value) => brief(value));
  return `mean curve goes from ${first} to ${last}, lowest ${low}, highest ${high}`;
}

function levels(fan: Fan, mean: ArrayLike<number>): string {
  const told = fan.levels.slice(0, 8).map((level, g) => `${level} ${brief(mean[g] ?? null)}`);
  const rest = fan.levels.length - told.length;
  return `mean ${told.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function ends(values: ArrayLike<number>): [string, string] {
  return [brief(values[0] ?? null), brief(values[values.length - 1] ?? null)];
}

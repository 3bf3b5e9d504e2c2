import type { Band } from "../fit/bands.js";
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
  /** What takes the place of the mean, and the bands, the widest first; of each stratum. */
  readonly bands: readonly { readonly median: ArrayLike<number> | null; readonly of: readonly Band[] }[];
}

export function fanSentence({ fan, title, ylabel, population, what, bands }: FanSentence): string {
  const whom = [population, title].filter((part) => part !== "").map((part) => `, for ${part}`).join("");
  const range = fan.kind === "numeric" ? ` from ${ends(fan.grid).join(" to ")}` : "";
  const means = fan.strata.map(({ label, mean }, i) => {
    const { median, of: [band] } = bands[i]!;
    const [course, name] = median ? ([median, "median"] as const) : ([mean, "mean"] as const);
    const shown = fan.kind === "numeric" ? curve(course, median ? name : "mean curve") + ofEnds(fan.grid, band) : `${name} ${levels(fan, course, band)}`;
    return (label && `${label}: `) + shown;
  });
  return [`${what} of ${ylabel} over ${fan.x}${range}${whom}`, ...means].join("; ");
}

/** "mean curve rises from 1.05 to 3.10", or its two ends and its range when it turns. */
function curve(values: ArrayLike<number>, name: string): string {
  const finite = Array.from(values).filter(isNumber);
  if (finite.length === 0) return `${name} not available`;
  const steps = finite.slice(1).map((value, i) => value - finite[i]!);
  const [first, last] = ends(finite);
  const [up, down] = [1, -1].map((way) => steps.every((step) => way * step >= 0));
  if (up && down) return `${name} flat at ${first}`;
  const course = `${name} ${up ? "rises" : down ? "falls" : "goes"} from ${first} to ${last}`;
  return up || down ? course : `${course}, lowest ${brief(Math.min(...finite))}, highest ${brief(Math.max(...finite))}`;
}

/** ", 95% interval 0.9 to 1.2 at 0 and 2.8 to 3.3 at 1": at both ends of the axis. */
function ofEnds(grid: ArrayLike<number>, band: Band | undefined): string {
  const at = (place: number) => `${interval(band!, place)} at ${brief(grid[place]!)}`;
  return band ? `, ${percent(band.prob)} interval ${at(0)} and ${at(grid.length - 1)}` : "";
}

const interval = ({ low, high }: Band, at: number): string => `${brief(low[at]!)} to ${brief(high[at]!)}`;

function levels(fan: Fan, values: ArrayLike<number>, band: Band | undefined): string {
  const told = fan.levels.slice(0, 8).map((level, g) => `${level} ${brief(values[g] ?? null)}${band ? ` (${interval(band, g)})` : ""}`);
  const rest = fan.levels.length - told.length;
  return `${told.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}${band ? `, ${percent(band.prob)} interval in brackets` : ""}`;
}

const ends = (values: ArrayLike<number>): [string, string] => [brief(values[0] ?? null), brief(values[values.length - 1] ?? null)];

/** Whether the page's log density is PyMC's. */
import type { EngineView } from "../engine-records.js";
import { density } from "./density.js";
import { pack } from "./pack.js";

/** Relative to the largest of what is compared. */
const TOLERANCE = 1e-9;

/** Compares log densities up to a constant, and gradients, at the points of the view. */
export function agreement({ program, points, values, gradients }: EngineView): { readonly agrees: boolean; readonly words: string } {
  const own = density(pack(program));
  const [n, size] = [values.data.length, own.size];
  if (n === 0 || points.shape[1] !== size) return { agrees: false, words: "there are no points of PyMC to compare with" };
  const gradient = new Float64Array(size);
  const left = Array.from(values.data, (value, place) => {
    const differs = own.evaluate(points.data.slice(size * place, size * (place + 1)), gradient) - value;
    return { differs, slopes: gradient.map((slope, k) => slope - gradients.data[size * place + k]!), largest: gradients.data.slice(size * place, size * (place + 1)) };
  });
  const within = (errors: Iterable<number>, sizes: Iterable<number>): boolean => largest(errors) <= TOLERANCE * Math.max(1, largest(sizes));
  const where = `at ${n} point${n === 1 ? "" : "s"}`;
  if (!within(left.map(({ differs }) => differs - left[0]!.differs), values.data)) return { agrees: false, words: `its log density is not PyMC's ${where}` };
  if (!left.every(({ slopes, largest }) => within(slopes, largest))) return { agrees: false, words: `its gradient is not PyMC's ${where}` };
  return { agrees: true, words: `agrees with PyMC ${where}` };
}

/** The largest size; NaN where one of them is. */
const largest = (values: Iterable<number>): number => Math.max(...Array.from(values, Math.abs));

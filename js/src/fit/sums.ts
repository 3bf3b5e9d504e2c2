/** Sums of products, for many draws at many points. */
import type { PerPoint } from "./points.js";

/** Adds up columns: what is the same at all points is one number for each draw. */
export class Sum {
  private readonly base: Float64Array;
  private readonly varying: (readonly [ArrayLike<number>, Float64Array | null])[] = [];
  private readonly byPoint: (readonly [PerPoint, (point: number) => Float64Array | null])[] = [];

  constructor(
    private readonly places: ArrayLike<number>,
    private readonly n: number,
    linear: ((place: number) => number) | undefined,
  ) {
    this.base = linear ? Float64Array.from(places, linear) : new Float64Array(places.length);
  }

  add(value: PerPoint, coefficient: Float64Array | null): void {
    const { base, places } = this;
    if (typeof value !== "number") this.varying.push([value, coefficient]);
    else if (value !== 0) {
      for (let i = 0; i < base.length; i++) base[i]! += coefficient ? value * coefficient[places[i]!]! : value;
    }
  }

  /** Adds a column whose coefficient differs between points. */
  addByPoint(value: PerPoint, coefficient: (point: number) => Float64Array | null): void {
    this.byPoint.push([value, coefficient]);
  }

  done(): Float64Array {
    const { base, n, places, varying, byPoint } = this;
    const eta = new Float64Array(base.length * n);
    for (let i = 0; i < base.length; i++) {
      const row = eta.subarray(i * n, (i + 1) * n).fill(base[i]!);
      for (const [value, coefficient] of varying) {
        const by = coefficient ? coefficient[places[i]!]! : 1;
        for (let p = 0; p < n; p++) row[p]! += by * value[p]!;
      }
    }
    for (const [value, coefficient] of byPoint) {
      for (let p = 0; p < n; p++) {
        const own = coefficient(p);
        const by = typeof value === "number" ? value : value[p]!;
        if (own && by !== 0) for (let i = 0; i < base.length; i++) eta[i * n + p]! += by * own[places[i]!]!;
      }
    }
    return eta;
  }
}

/** Combines two values point by point. */
export function both(a: PerPoint, b: PerPoint, make: (a: number, b: number) => number): PerPoint {
  if (typeof a === "number") {
    return typeof b === "number" ? make(a, b) : Float64Array.from(b, (value) => make(a, value));
  }
  return Float64Array.from(a, (value, p) => make(value, typeof b === "number" ? b : b[p]!));
}

export function times(a: PerPoint, b: PerPoint): PerPoint {
  return a === 1 ? b : both(a, b, (one, other) => one * other);
}

export function shifted(value: PerPoint, by: number): PerPoint {
  return by === 0 ? value : both(value, by, (one, other) => one + other);
}

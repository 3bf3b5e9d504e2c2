/** Points in a plane, indexed by a grid of cells, so that the nearest one is found among few. */
export interface Index {
  /** The nearest point within `reach`; -1 where there is none. */
  nearest(x: number, y: number, reach: number): number;
  /** The nearest point from point `from` in the direction of (dx, dy), within 45 degrees of it; -1 where there is none. */
  toward(from: number, dx: number, dy: number): number;
}

const CELL = 16;

/** `members` are the points that count; NaN coordinates never do. */
export function indexed(x: ArrayLike<number>, y: ArrayLike<number>, members: Iterable<number>): Index {
  const cells = new Map<string, number[]>();
  const all: number[] = [];
  const cell = (value: number) => Math.floor(value / CELL);
  for (const i of members) {
    if (!Number.isFinite(x[i]! + y[i]!)) continue;
    all.push(i);
    const key = `${cell(x[i]!)} ${cell(y[i]!)}`;
    const known = cells.get(key);
    if (known) known.push(i);
    else cells.set(key, [i]);
  }
  return {
    nearest(px, py, reach) {
      let [best, least] = [-1, reach * reach];
      for (let a = cell(px - reach); a <= cell(px + reach); a++) {
        for (let b = cell(py - reach); b <= cell(py + reach); b++) {
          for (const i of cells.get(`${a} ${b}`) ?? []) {
            const far = (x[i]! - px) ** 2 + (y[i]! - py) ** 2;
            if (far <= least) [best, least] = [i, far];
          }
        }
      }
      return best;
    },
    toward(from, dx, dy) {
      let [best, least] = [-1, Infinity];
      for (const i of all) {
        const [ax, ay] = [x[i]! - x[from]!, y[i]! - y[from]!];
        const along = ax * dx + ay * dy;
        const across = Math.abs(ax * dy - ay * dx);
        const far = ax * ax + ay * ay;
        if (along > 0 && across <= along && far < least) [best, least] = [i, far];
      }
      return best;
    },
  };
}

/** The ranks of values among all of them, from 1; equal values share the mean of theirs. Sorting without a comparison of one's own is fast. */
export function ranks(values: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  const shared = new Float64Array(sorted.length);
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    shared[from] = (from + 1 + to) / 2;
    from = to;
  }
  return values.map((value) => shared[below(sorted, value)]!);
}

/** How many of ascending values are less than one. */
function below(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

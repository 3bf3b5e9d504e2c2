/** The covariance matrix, shape [D, D], of some of the rows of `points`, shape [n, D]; a row may count more than once. */
export function covariance(points: Float64Array, size: number, rows: ArrayLike<number>): Float64Array {
  const n = rows.length;
  const mean = new Float64Array(size);
  for (let r = 0; r < n; r++) for (let i = 0; i < size; i++) mean[i]! += points[rows[r]! * size + i]! / n;
  const [found, off] = [new Float64Array(size * size), new Float64Array(size)];
  for (let r = 0; r < n; r++) {
    for (let i = 0; i < size; i++) {
      off[i] = points[rows[r]! * size + i]! - mean[i]!;
      for (let j = 0; j <= i; j++) found[i * size + j]! += (off[i]! * off[j]!) / n;
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) found[j * size + i] = found[i * size + j]!;
  return found;
}

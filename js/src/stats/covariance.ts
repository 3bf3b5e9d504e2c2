/** The covariance matrix, shape [D, D], of the rows of `points`, shape [n, D], at some places; a row may count more than once. */
export function covariance(points: Float64Array, size: number, places: ArrayLike<number>): Float64Array {
  const n = places.length;
  const [found, mean, off] = [new Float64Array(size * size), new Float64Array(size), new Float64Array(size)];
  for (let r = 0; r < n; r++) for (let i = 0; i < size; i++) mean[i]! += points[places[r]! * size + i]! / n;
  for (let r = 0; r < n; r++) {
    for (let i = 0; i < size; i++) {
      off[i] = points[places[r]! * size + i]! - mean[i]!;
      for (let j = 0; j <= i; j++) found[j * size + i] = found[i * size + j]! += (off[i]! * off[j]!) / n;
    }
  }
  return found;
}

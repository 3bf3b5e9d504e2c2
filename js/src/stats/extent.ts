/** The range of the finite values of all series, widened by `pad` of its length; [0, 1] when there is none. */
export function extent(series: readonly ArrayLike<number>[], pad = 0): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const values of series) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return [0, 1];
  const margin = pad * (high - low) || (low === high ? Math.abs(low) / 10 || 0.5 : 0);
  return [low - margin, high + margin];
}

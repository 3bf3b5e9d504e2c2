/** A program as two blocks of memory, word for word as `glm_magic/engines/instant/pack.py` lays it out. */
import type { Factor, LinearSlot, PointSlot, Program, Slot } from "../engine-records.js";
import { At, DISTRIBUTIONS, LINKS } from "./layout.gen.js";
import type { Packed } from "./records.js";

/** Two growing blocks; what is appended gets a position that never changes. */
interface Memory {
  readonly words: (values: Iterable<number>) => number;
  readonly numbers: (values: Float64Array) => number;
}

export function pack({ variables, factors }: Program): Packed {
  const words: number[] = [];
  const numbers: number[] = [];
  const append = (block: number[]) => (values: Iterable<number>) => {
    const at = block.length;
    for (const value of values) block.push(value);
    return at;
  };
  const memory: Memory = { words: append(words), numbers: append(numbers) };
  const sizes = variables.map(({ shape }) => shape.reduce((product, length) => product * length, 1));
  const joined = merged(factors);
  const head = [sizes.reduce((sum, size) => sum + size, 0), variables.length, joined.length];
  const table = At.HEADER + At.VARIABLE * variables.length;
  memory.words([...head, ...Array<number>(table - At.HEADER + joined.length)]);
  variables.forEach(({ start, transform: { kind, lower, upper } }, place) => {
    const record = [start, sizes[place]!, TRANSFORMS.indexOf(kind), memory.numbers(lower.data), memory.numbers(upper.data)];
    record.forEach((word, k) => (words[At.HEADER + At.VARIABLE * place + k] = word));
  });
  joined.forEach((factor, place) => (words[table + place] = factorAt(memory, factor)));
  return { words: Int32Array.from(words), numbers: Float64Array.from([...numbers, 0]) };
}

const TRANSFORMS = ["identity", "log", "logodds", "interval", "lower", "upper"];

/** Priors of one distribution as one factor: fifty coefficients have fifty normal priors. */
function merged(factors: readonly Factor[]): Factor[] {
  const same = new Map<string, Factor[]>();
  factors.forEach((factor, place) => {
    const [value, ...parameters] = factor.slots as [Slot, ...Slot[]];
    const plain = "positions" in value && parameters.every((slot) => "values" in slot);
    const key = plain ? `${factor.distribution} ${value.source} ${value.link}` : `${place}`;
    same.set(key, [...(same.get(key) ?? []), factor]);
  });
  return [...same.values()].map((own) => (own.length > 1 ? together(own) : own[0]!));
}

function together(factors: readonly Factor[]): Factor {
  const slots = factors[0]!.slots.map((slot, place): Slot => {
    const parts = factors.map(({ slots, rows }) => [slots[place]!, rows] as const);
    if ("positions" in slot) {
      const data = Int32Array.from(parts.flatMap(([part]) => [...(part as PointSlot).positions.data]));
      return { ...slot, positions: { data, shape: [data.length] } };
    }
    const data = Float64Array.from(parts.flatMap(([part, rows]) => spread("values" in part ? part.values.data : [], rows)));
    return { values: { data, shape: [data.length] } };
  });
  return { ...factors[0]!, rows: factors.reduce((sum, { rows }) => sum + rows, 0), slots };
}

const spread = (values: ArrayLike<number>, rows: number): number[] => Array.from({ length: rows }, (_, row) => values[values.length > 1 ? row : 0]!);

function factorAt(memory: Memory, { distribution, rows, slots, weights }: Factor): number {
  const [kernel, ...domains] = DISTRIBUTIONS[distribution]!;
  const weightsAt = weights === null ? -1 : memory.numbers(weights.data);
  const places = slots.map((slot, place) => slotAt(memory, slot, domains[place]!));
  return memory.words([kernel, rows, slots.length, weightsAt, ...places]);
}

function slotAt(memory: Memory, slot: Slot, domain: string): number {
  if ("values" in slot) {
    const { data } = slot.values;
    const [first, second] = coordinates(data, domain);
    return memory.words([At.CONSTANT, one(data.length), 0, 0, memory.numbers(first), second === null ? -1 : memory.numbers(second)]);
  }
  const natural = domain === "unit" ? 2 : domain === "fixed" ? 0 : 1;
  const link = Object.keys(DISTRIBUTIONS).length + LINKS.indexOf(`${domain} ${slot.link}`);
  if ("positions" in slot) {
    const { data } = slot.positions;
    const rest = [slot.source === "u" ? 1 : 0, memory.words(data), memory.words(inARow(data))];
    return memory.words([At.POINT, one(data.length), natural, link, ...rest]);
  }
  const rest = linear(memory, slot);
  return memory.words([At.LINEAR, one(rowsOf(slot)), natural, link, ...rest]);
}

const one = (rows: number): number => (rows === 1 ? 1 : 0);

const rowsOf = ({ offset, columns, dense, groups }: LinearSlot): number =>
  Math.max(offset.data.length, columns.data.length > 0 ? dense.shape[1]! : 1, ...groups.map(({ multiplier }) => multiplier.data.length));

function linear(memory: Memory, { offset, columns, dense, groups }: LinearSlot): number[] {
  const of = [memory.numbers(offset.data), offset.data.length > 1 ? 1 : 0, columns.data.length, memory.words(columns.data), memory.numbers(dense.data)];
  const records = groups.flatMap(({ multiplier, index: { data }, scale }) => [memory.numbers(multiplier.data), memory.words(data), scale, memory.words(inARow(data))]);
  return [...of, groups.length, memory.words(records)];
}

/** For each chunk of rows, whether its positions follow one another. */
function inARow(positions: Int32Array): number[] {
  return Array.from({ length: Math.ceil(positions.length / At.CHUNK) }, (_, chunk) => {
    const own = positions.subarray(At.CHUNK * chunk, At.CHUNK * (chunk + 1));
    return own.every((position, place) => position === own[0]! + place) ? 1 : 0;
  });
}

/** Constants in the coordinates of their domain. */
export function coordinates(values: Float64Array, domain: string): readonly [Float64Array, Float64Array | null] {
  if (domain === "positive") return [values, values.map(Math.log)];
  return domain === "unit" ? [values.map(Math.log), values.map((value) => Math.log1p(-value))] : [values, null];
}

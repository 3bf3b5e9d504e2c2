/** A program as two blocks of memory, word for word as `glm_magic/engines/instant/pack.py` lays it out. */
import type { Factor, LinearSlot, PointSlot, Program, Slot } from "../engine-records.js";
import { compressed, rowsOf } from "./compress.js";
import { At, DISTRIBUTIONS, LINKS } from "./layout.gen.js";
import type { Packed } from "./records.js";

/** With likelihoods in as few rows as will do. */
export const pack = ({ variables, factors }: Program): Packed => layOut({ variables, factors: factors.map(compressed) });

/** Two growing blocks; what is appended gets a position that never changes. */
interface Memory {
  readonly words: (values: ArrayLike<number>) => number;
  readonly numbers: (values: ArrayLike<number>) => number;
}

export function layOut({ variables, factors }: Program): Packed {
  const [words, numbers] = [growing(), growing()];
  const memory: Memory = { words: words.append, numbers: numbers.append };
  const sizes = variables.map(({ shape }) => shape.reduce((product, length) => product * length, 1));
  const head = [sizes.reduce((sum, size) => sum + size, 0), variables.length, factors.length];
  // Filled in below: what they refer to is appended after them.
  memory.words({ length: At.HEADER + At.VARIABLE * variables.length + factors.length });
  const records = variables.flatMap(({ start, transform: { kind, lower, upper } }, place) => {
    return [start, sizes[place]!, TRANSFORMS.indexOf(kind), memory.numbers(lower.data), memory.numbers(upper.data)];
  });
  const places = factors.map((factor) => factorAt(memory, factor));
  memory.numbers([0]);
  const closed = words.into(Int32Array);
  closed.set([...head, ...records, ...places]);
  return { words: closed, numbers: numbers.into(Float64Array) };
}

function growing() {
  const parts: ArrayLike<number>[] = [];
  let length = 0;
  const append = (values: ArrayLike<number>): number => {
    parts.push(values);
    length += values.length;
    return length - values.length;
  };
  const into = <A extends Int32Array | Float64Array>(make: new (length: number) => A): A => {
    const all = new make(length);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  return { append, into };
}

const TRANSFORMS = ["identity", "log", "logodds", "interval", "lower", "upper"];

function factorAt(memory: Memory, { distribution, rows, slots, weights }: Factor): number {
  const weightsAt = weights === null ? -1 : memory.numbers(weights.data);
  const places = slots.map((slot, place) => slotAt(memory, slot, DISTRIBUTIONS[distribution]![place]!));
  return memory.words([Object.keys(DISTRIBUTIONS).indexOf(distribution), rows, slots.length, weightsAt, ...places]);
}

function slotAt(memory: Memory, slot: Slot, domain: string): number {
  const one = rowsOf(slot) === 1 ? 1 : 0;
  if ("values" in slot) {
    const [first, second] = coordinates(slot.values.data, domain);
    return memory.words([At.CONSTANT, one, 0, 0, memory.numbers(first), second === null ? -1 : memory.numbers(second)]);
  }
  const natural = domain === "u" ? 2 : domain === "f" ? 0 : 1;
  const link = Object.keys(DISTRIBUTIONS).length + LINKS.indexOf(`${domain} ${slot.link}`);
  const [kind, rest] = "positions" in slot ? [At.POINT, point(memory, slot)] : [At.LINEAR, linear(memory, slot)];
  return memory.words([kind, one, natural, link, ...rest]);
}

const point = (memory: Memory, { positions: { data }, source }: PointSlot): number[] => [source === "u" ? 1 : 0, memory.words(data), memory.words(inARow(data))];

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

/** Constants in the coordinates of their domain, by its first letter. */
export function coordinates(values: Float64Array, domain: string): readonly [Float64Array, Float64Array | null] {
  if (domain === "p") return [values, values.map(Math.log)];
  return domain === "u" ? [values.map(Math.log), values.map((value) => Math.log1p(-value))] : [values, null];
}

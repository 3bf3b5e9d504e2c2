import { describe, expect, it } from "vitest";
import { decode, fromBase64, toBytes } from "../src/wire.js";
import { writer } from "./payload.js";

const wire = () => {
  const { put, bytes } = writer();
  const schema = { version: 2, a: put("f4", [1, NaN, 3, 4], [2, 2]), codes: put("u4", [7, 0xffffffff]) };
  return { schema, bytes: bytes() };
};

/** The test's own view of a payload that holds only arrays. */
const arrays = (schema: unknown, buffer: unknown) =>
  decode(schema, buffer) as unknown as Record<"a" | "codes", { data: Float32Array; shape: number[] }>;

describe("decode", () => {
  it("reads double precision and signed numbers where their size allows", () => {
    const { put, bytes } = writer();
    const schema = { version: 2, a: put("f4", [1]), codes: put("f8", [0.1]), c: put("i4", [-1]) };
    const { codes, c } = decode(schema, bytes()) as unknown as Record<string, { data: number[] }>;
    expect([codes!.data[0], c!.data[0]]).toEqual([0.1, -1]);
  });

  it("puts arrays in place of references", () => {
    const { schema, bytes } = wire();
    const { a, codes } = arrays(schema, bytes);
    expect(a.shape).toEqual([2, 2]);
    expect([...a.data]).toEqual([1, NaN, 3, 4]);
    expect([...codes.data]).toEqual([7, 0xffffffff]);
  });

  it("respects the byteOffset of a view, aligned or not", () => {
    const { schema, bytes } = wire();
    const padded = new Uint8Array(bytes.length + 7);
    padded.set(bytes, 3);
    const view = new DataView(padded.buffer, 3, bytes.length);
    expect([...arrays(schema, view).a.data]).toEqual([1, NaN, 3, 4]);
  });

  it("shares an array that is referenced twice", () => {
    const { put, bytes } = writer();
    const a = put("f4", [1, 2]);
    const decoded = decode({ version: 2, a, b: { ...a } }, bytes()) as unknown as { a: object; b: object };
    expect(decoded.a).toBe(decoded.b);
  });

  it("refuses another version, an unknown dtype, and an array behind the end", () => {
    expect(() => decode({ version: 0 }, new Uint8Array())).toThrow(/version 0/);
    expect(() => decode({ version: 2, a: { $: ["c8", [0], 0] } }, new Uint8Array())).toThrow(/c8/);
    expect(() => decode({ version: 2, a: { $: ["f4", [3], 0] } }, new Uint8Array(8))).toThrow(/8 bytes/);
  });
});

it("reads bytes from every kind of buffer a host may hand over", () => {
  expect(toBytes(Uint8Array.of(1, 2)).byteLength).toBe(2);
  expect(toBytes(null).byteLength).toBe(0);
  expect(() => toBytes("text")).toThrow(TypeError);
  expect([...new Uint8Array(fromBase64("AAH/"))]).toEqual([0, 1, 255]);
});

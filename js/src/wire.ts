/**
 * The browser side of the wire contract (`glm_magic/wire/` is the Python side).
 *
 * A payload is a JSON schema and one little-endian byte string. Wherever the schema holds an array it holds
 * `{"$": [dtype, shape, byteOffset]}`; `decode` puts a typed view in its place. NaN in a float array is a missing value.
 */

import type { Payload } from "./records.js";
import { WIRE_NAMES } from "./wire-names.js";

export { isUnavailable } from "./records.js";
export type * from "./records.js";
export type * from "./engine-records.js";
export type * from "./model-records.js";
export type * from "./predictor-tables.js";

/** A row-major array of the payload. */
export interface Nd<A extends Float32Array | Float64Array | Int32Array | Uint32Array> {
  readonly data: A;
  readonly shape: readonly number[];
}
export type F4 = Nd<Float32Array>;
export type F8 = Nd<Float64Array>;
export type I4 = Nd<Int32Array>;
export type U4 = Nd<Uint32Array>;
export type AnyNd = F4 | F8 | I4 | U4;

/** The code of a missing value in a category column. */
export const MISSING_CODE = 0xffffffff;

/** Turns what a host calls bytes (DataView, ArrayBuffer, any typed array) into an aligned copy of its own. */
export function toBytes(buffer: unknown): ArrayBuffer {
  if (buffer instanceof ArrayBuffer) return buffer;
  if (ArrayBuffer.isView(buffer)) {
    const { byteOffset, byteLength } = buffer;
    return new Uint8Array(buffer.buffer as ArrayBuffer, byteOffset, byteLength).slice().buffer;
  }
  if (buffer === null || buffer === undefined) return new ArrayBuffer(0);
  throw new TypeError(`the panel's buffer is not bytes but ${typeof buffer}`);
}

/** Base64, as a page carries its buffer, to bytes. */
export const fromBase64 = (text: string): ArrayBuffer => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer;

/**
 * Replaces every array reference of the schema with a view of the bytes; no value is copied twice, and
 * references to the same place share one array. Fields have the names that the bundle has for them.
 */
export function decode(schema: unknown, buffer: unknown): Payload {
  const bytes = toBytes(buffer);
  const shared = new Map<string, AnyNd>();

  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== "object" || node === null) return node;
    if ("$" in node) return arrayAt(node.$, bytes, shared);
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [WIRE_NAMES.get(key) ?? key, walk(value)]));
  };

  const payload = walk(schema) as Payload | null;
  if (payload?.version !== 2) {
    throw new Error(`the panel reads payloads of version 2, and this one is version ${String(payload?.version)}`);
  }
  return payload;
}

function arrayAt(reference: unknown, bytes: ArrayBuffer, shared: Map<string, AnyNd>): AnyNd {
  const key = JSON.stringify(reference);
  const known = shared.get(key);
  if (known) return known;
  const [dtype, shape, offset] = reference as [string, number[], number];
  const length = shape.reduce((product, n) => product * n, 1);
  const make = MAKERS[dtype];
  if (make === undefined) throw new TypeError(`unknown dtype in the payload: ${dtype}`);
  if (offset + make.BYTES_PER_ELEMENT * length > bytes.byteLength) {
    throw new RangeError(`array ${key} ends behind the payload's ${bytes.byteLength} bytes`);
  }
  const nd = { data: new make(bytes, offset, length), shape } as AnyNd;
  shared.set(key, nd);
  return nd;
}

const MAKERS: Readonly<Record<string, Float32ArrayConstructor | Float64ArrayConstructor | Int32ArrayConstructor | Uint32ArrayConstructor>> = {
  f4: Float32Array,
  f8: Float64Array,
  i4: Int32Array,
  u4: Uint32Array,
};

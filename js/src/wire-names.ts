/** The names that fields of a payload have in the bundle, where those are shorter: the build writes this file anew. */
export const WIRE_NAMES: ReadonlyMap<string, string> = new Map();

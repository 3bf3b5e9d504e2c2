import written from "../../../tests/wire/laboratory.json";
import { decode, fromBase64, type EngineView, type Fit } from "../../src/wire.js";

interface Written {
  readonly name: string;
  readonly schema: unknown;
  readonly buffer: string;
}

const { fits }: { readonly fits: readonly Written[] } = written;

/** A panel of a real fit that the page can sample: schema and buffer. */
export function panelOf(name: string): { readonly schema: unknown; readonly buffer: ArrayBuffer } {
  const { schema, buffer } = fits.find((one) => one.name === name)!;
  return { schema, buffer: fromBase64(buffer) };
}

export function fitNamed(name: string): Fit & { readonly engine: EngineView } {
  const { schema, buffer } = panelOf(name);
  return decode(schema, buffer).fits[0] as Fit & { readonly engine: EngineView };
}

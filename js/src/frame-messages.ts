/** What a frame and the page around it tell each other; neither can reach into the other. */
export type FromFrame = { readonly glm: "size"; readonly height: number };
export type ToFrame =
  | { readonly glm: "theme"; readonly dark: boolean }
  | { readonly glm: "print"; readonly on: boolean };

/** A message of ours, or null: pages and extensions post all kinds of things. */
export function fromFrame(data: unknown): FromFrame | null {
  if (typeof data !== "object" || data === null) return null;
  const { glm, height } = data as Record<string, unknown>;
  return glm === "size" && typeof height === "number" && Number.isFinite(height) ? { glm, height } : null;
}

/** As `fromFrame`, for the other direction. */
export function toFrame(data: unknown): ToFrame | null {
  if (typeof data !== "object" || data === null) return null;
  const { glm, dark, on } = data as Record<string, unknown>;
  if (glm === "theme" && typeof dark === "boolean") return { glm, dark };
  return glm === "print" && typeof on === "boolean" ? { glm, on } : null;
}

/** A media query; null where there are none (jsdom). */
export function media(query: string): MediaQueryList | null {
  return typeof matchMedia === "function" ? matchMedia(query) : null;
}

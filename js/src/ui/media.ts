/** A media query; null where there are none (jsdom). */
export const media = (query: string): MediaQueryList | null => typeof matchMedia === "function" ? matchMedia(query) : null;

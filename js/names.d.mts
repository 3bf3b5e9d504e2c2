interface Names {
  readonly mangleProps: RegExp;
  readonly mangleCache: Record<string, string>;
  readonly wireNames: string;
}
export function shortened(common: object, entries: readonly string[]): Promise<Names>;

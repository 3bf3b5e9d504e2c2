interface Options {
  readonly mangleProps: RegExp;
  readonly mangleCache: Record<string, string>;
}
export function shortened(common: object, entries: readonly string[]): Promise<{ readonly options: Options; readonly wireNames: string }>;

export function withArrows(code: string, sourceType: "script" | "module"): string;

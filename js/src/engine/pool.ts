/** The workers that sample, which stay for the next question: starting them costs more than many a posterior. */
import { serve } from "./engine.js";
import type { Port, Reply } from "./messages.js";
import { source } from "./source.js";

const MOST = 4;
/** In milliseconds; a worker that says nothing until then is none. */
const PATIENCE = 3000;

let ports: Promise<readonly Port[]> | readonly Port[] | null = null;
const listeners = new Map<number, (reply: Reply) => void>();

/**
 * Starts the workers, if they are not there yet; once they are, they are given at once, so that they work while the caller goes on.
 * Where the host allows none, the main thread does their work in slices.
 */
export const pool = (): Promise<readonly Port[]> | readonly Port[] =>
  (ports ??= workers()
    .catch(async () => [await here()])
    .then((ready) => (ports = ready)));

/** Hears what is said of one question, until the function that is returned is called. */
export function listen(id: number, hear: (reply: Reply) => void): () => void {
  listeners.set(id, hear);
  return () => listeners.delete(id);
}

async function workers(): Promise<readonly Port[]> {
  if (source === null) throw new Error("There is no text of a worker.");
  const url = URL.createObjectURL(new Blob([`(${source})().serveSelf()`], { type: "text/javascript" }));
  const started = Array.from({ length: Math.min(MOST, navigator.hardwareConcurrency || 2) }, async () => {
    const worker = new Worker(url);
    return ready(worker, new Promise((_, refuse) => (worker.onerror = refuse)));
  });
  return Promise.all(started).finally(() => URL.revokeObjectURL(url));
}

function here(): Promise<Port> {
  const { port1, port2 } = new MessageChannel();
  const answered = ready(port1);
  serve(port2, setTimeout);
  return answered;
}

/** The first message says that it listens. */
function ready(port: Port, refused: Promise<never> = new Promise(() => {})): Promise<Port> {
  const late = new Promise<never>((_, refuse) => setTimeout(refuse, PATIENCE));
  const heard = new Promise<Port>((resolve) => {
    port.onmessage = ({ data }: MessageEvent<Reply | null>) => (data === null ? resolve(port) : listeners.get(data.id)?.(data));
  });
  return Promise.race([heard, refused, late]);
}

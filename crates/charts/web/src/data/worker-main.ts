import { decode, transferable, type Request } from "./worker";

declare const self: { onmessage: ((event: MessageEvent<Request>) => void) | null; postMessage(message: unknown, transfer: Transferable[]): void };

self.onmessage = (event) => {
  decode(event.data).then(
    (columns) => self.postMessage({ columns }, transferable(columns)),
    (reason: unknown) => self.postMessage({ error: String(reason) }, []),
  );
};

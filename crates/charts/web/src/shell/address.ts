import { whenQuiet } from "../dom";

/** State in the address of the page, so that a view can be sent to a colleague: `#zone=...&c0=...`. */
export class Address {
  private state: URLSearchParams;
  private readonly write = whenQuiet(250, () => this.put());

  /** `changed`: somebody has edited the address, or went back to another one. */
  constructor(changed: () => void) {
    this.state = new URLSearchParams(location.hash.slice(1));
    addEventListener("hashchange", () => {
      const there = new URLSearchParams(location.hash.slice(1));
      if (there.toString() === this.state.toString()) return;
      this.state = there;
      changed();
    });
  }

  get(key: string): string | null {
    return this.state.get(key);
  }

  set(key: string, value: string | null): void {
    const before = this.state.get(key);
    if (value === null || value === "") this.state.delete(key);
    else this.state.set(key, value);
    if (before !== (value === "" ? null : value)) this.write();
  }

  private put(): void {
    const text = this.state.toString();
    try {
      history.replaceState(history.state, "", text ? `#${text}` : location.pathname + location.search);
    } catch {
      location.replace(`#${text}`);
    }
  }
}

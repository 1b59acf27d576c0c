import type { Theme } from "../registry";
import { DARK, LIGHT, sequential } from "./palette";

export type Choice = "auto" | "light" | "dark";

const NAMES = ["background", "surface", "text", "muted", "grid", "border", "accent", "danger"] as const;

/** Which colours, and who wants to know when they change. */
export class Themes {
  private current: Theme | null = null;
  private readonly systemDark = matchMedia("(prefers-color-scheme: dark)");
  private readonly forced = matchMedia("(forced-colors: active)");
  private readonly printing = matchMedia("print");

  constructor(
    public choice: Choice,
    private readonly changed: () => void,
  ) {
    for (const query of [this.systemDark, this.forced, this.printing]) query.addEventListener("change", () => this.apply());
    // Print with the light colours whatever the screen has; the pictures must be redrawn before the browser takes them.
    addEventListener("beforeprint", () => this.apply(true));
    addEventListener("afterprint", () => this.apply());
  }

  get isDark(): boolean {
    return this.choice === "dark" || (this.choice === "auto" && this.systemDark.matches);
  }

  set(choice: Choice): void {
    this.choice = choice;
    this.apply();
  }

  apply(print = this.printing.matches): void {
    document.documentElement.dataset["theme"] = this.isDark && !print ? "dark" : "light";
    document.documentElement.dataset["print"] = print ? "yes" : "no";
    this.current = null;
    this.changed();
  }

  get(): Theme {
    this.current ??= this.read();
    return this.current;
  }

  private read(): Theme {
    const style = getComputedStyle(document.documentElement);
    const dark = document.documentElement.dataset["theme"] === "dark";
    const forced = this.forced.matches;
    const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    const [background, surface, text, muted, grid, border, accent, danger] = NAMES.map(color) as [string, string, string, string, string, string, string, string];
    const categories = dark ? DARK : LIGHT;
    const font = color("font") || "system-ui, sans-serif";
    return { dark, forced, background, surface, text, muted, grid, border, accent, danger, categories, sequential: (share) => sequential(share, dark), font };
  }
}

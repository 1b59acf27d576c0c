import { element, whenQuiet } from "../dom";

export interface SearchState {
  text: string;
  regex: boolean;
}

/** The test for a search: text in any case, or a regular expression. Null for an empty one; the reason where the expression is wrong. */
export function searchTest(state: SearchState): ((shown: string) => boolean) | null | Error {
  if (state.text === "") return null;
  if (!state.regex) {
    const wanted = state.text.toLowerCase();
    return (shown) => shown.toLowerCase().includes(wanted);
  }
  try {
    const expression = new RegExp(state.text, "iu");
    return (shown) => expression.test(shown);
  } catch (reason) {
    return reason instanceof Error ? reason : new Error(String(reason));
  }
}

/** The search field of the page: highlights, and dims the rest. */
export class SearchBox {
  readonly node: HTMLElement;
  private readonly field: HTMLInputElement;
  private readonly regex = element("button", { type: "button", class: "regex", "aria-pressed": "false", title: "Regular expression", "aria-label": "Regular expression" }, ".*");

  constructor(
    private readonly state: SearchState,
    private readonly change: (state: SearchState, test: ((shown: string) => boolean) | null) => void,
  ) {
    this.field = element("input", { type: "search", placeholder: "Highlight…", "aria-label": "Highlight rows with this text", spellcheck: "false", autocomplete: "off" });
    this.field.value = state.text;
    this.regex.setAttribute("aria-pressed", String(state.regex));
    const later = whenQuiet(220, () => this.tell());
    this.field.addEventListener("input", later);
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.tell();
    });
    this.regex.addEventListener("click", () => {
      this.state.regex = !this.state.regex;
      this.regex.setAttribute("aria-pressed", String(this.state.regex));
      this.tell();
    });
    this.node = element("span", { class: "search" }, this.field, this.regex);
    // "/" goes to the search, as in the tools that people know.
    addEventListener("keydown", (event) => {
      const target = event.target;
      if (event.key !== "/" || event.ctrlKey || event.metaKey || target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
      event.preventDefault();
      this.field.focus();
    });
  }

  /** As if somebody had written it. */
  set(text: string, regex: boolean): void {
    if (text === this.state.text && regex === this.state.regex) return;
    this.field.value = text;
    this.state.regex = regex;
    this.regex.setAttribute("aria-pressed", String(regex));
    this.tell();
  }

  tell(): void {
    this.state.text = this.field.value;
    const test = searchTest(this.state);
    const wrong = test instanceof Error;
    this.field.setAttribute("aria-invalid", String(wrong));
    this.field.title = wrong ? test.message : "";
    this.change(this.state, wrong ? null : test);
  }
}

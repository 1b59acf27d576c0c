import { element } from "./dom";
import { makeTimeline } from "./lanes/kinds";
import type { Page } from "./page";
import { registry } from "./registry";
import { Shell } from "./shell/shell";

window.huntsqlCharts = registry;
registry.register("timeline", makeTimeline);

function boot(): void {
  const root = document.getElementById("app") ?? document.body;
  const source = document.getElementById("page")?.textContent;
  if (!source) {
    root.append(element("p", { class: "failure", role: "alert" }, "This page is not complete: it has no description of its charts."));
    return;
  }
  const page = JSON.parse(source) as Page;
  const shell = new Shell(page, root);
  shell.startEarly();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => shell.startAll(), { once: true });
  else shell.startAll();
}

boot();

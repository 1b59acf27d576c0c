import { element } from "./dom";
import { makeDurations, makeSeries, makeTimeline, makeValues } from "./lanes/kinds";
import { makeMatrix } from "./matrix/matrix";
import { readPage, type Page } from "./page";
import { registry } from "./registry";
import { makeTree } from "./tree/tree";
import { Shell } from "./shell/shell";

window.huntsqlCharts = registry;
registry.register("timeline", makeTimeline);
registry.register("durations", makeDurations);
registry.register("values", makeValues);
registry.register("series", makeSeries);
registry.register("matrix", makeMatrix);
registry.register("process_tree", makeTree);

function boot(): void {
  const root = document.getElementById("app") ?? document.body;
  const source = document.getElementById("page")?.textContent;
  if (!source) {
    root.append(element("p", { class: "failure", role: "alert" }, "This page is not complete: it has no description of its charts."));
    return;
  }
  let page: Page;
  try {
    page = readPage(source);
  } catch (reason) {
    root.append(element("p", { class: "failure", role: "alert" }, `This page cannot be read: ${reason instanceof Error ? reason.message : String(reason)}`));
    return;
  }
  const shell = new Shell(page, root);
  if (page.version > 1) root.prepend(element("p", { class: "failure", role: "alert" }, `This page is of version ${page.version}, its script of version 1.`));
  shell.startEarly();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => shell.startAll(), { once: true });
  else shell.startAll();
}

boot();

import { makeBars } from "./bars";
import { makeGraph } from "./graph";
import { makeHistogram } from "./histogram";
import { makeMap } from "./map";
import { makeOption } from "./option";
import { makeSankey } from "./sankey";

const charts = window.huntsqlCharts;
if (charts) {
  charts.register("bars", makeBars);
  charts.register("graph", makeGraph);
  charts.register("histogram", makeHistogram);
  charts.register("map", makeMap);
  charts.register("option", makeOption);
  charts.register("sankey", makeSankey);
}

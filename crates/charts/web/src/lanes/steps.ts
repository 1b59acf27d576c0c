import type { Dataset } from "../data/dataset";
import { rowAt } from "../data/index";
import type { View } from "../time/view";
import type { Lanes } from "./layout";

/** Goes from row to row with keys. */
export class Steps {
  private row = -1;

  constructor(
    private readonly dataset: Dataset,
    private readonly view: View,
    private readonly lanes: Lanes,
    private readonly mask: () => Uint8Array | null,
    private readonly show: (row: number) => void,
  ) {}

  go(by: 1 | -1): void {
    const { columns } = this.dataset;
    if (!columns) return;
    const at = this.row >= 0 ? this.dataset.timeOf(this.row) : NaN;
    const begins = !(at >= this.view.from && at <= this.view.to);
    const [from, to] = this.dataset.offsets(this.view.range());
    let row = this.row + by;
    if (begins) row = by > 0 ? rowAt(columns.times, from) : rowAt(columns.times, to) - 1;
    const mask = this.mask();
    while (row >= 0 && row < columns.times.length) {
      if (this.lanes.on[columns.lanes[row]!] && (!mask || mask[row])) {
        this.row = row;
        this.show(row);
        return;
      }
      row += by;
    }
  }
}

import type { Blocks } from "../registry";
import { block, doubles, planes } from "./decode";

/** The blocks of one chart: script elements that no browser runs. */
export class PageBlocks implements Blocks {
  constructor(private readonly chart: string) {}

  private node(name: string): Element | null {
    return document.querySelector(`script[data-chart="${CSS.escape(this.chart)}"][data-block="${CSS.escape(name)}"]`);
  }

  has(name: string): boolean {
    return this.node(name) !== null;
  }

  /** The text, still base64. */
  text(name: string): string {
    const node = this.node(name);
    if (!node) throw new Error(`this page has no block ${name} of ${this.chart}`);
    return node.textContent ?? "";
  }

  /** The text of a block that nobody will ask for again. */
  take(name: string): string {
    const text = this.text(name);
    this.node(name)?.remove();
    return text;
  }

  async bytes(name: string, most?: number): Promise<Uint8Array<ArrayBuffer>> {
    return block(this.text(name), most);
  }

  async json(name: string): Promise<unknown> {
    return JSON.parse(new TextDecoder().decode(await this.bytes(name)));
  }

  async doubles(name: string, count: number): Promise<Float64Array> {
    return doubles(await this.bytes(name, count * 8), count);
  }

  async integers(name: string, count: number, width: number): Promise<Uint32Array> {
    return planes(await this.bytes(name, count * width), count, width);
  }
}

import { addShape, type Shape } from "../shell/palette";

/** A mark, drawn once: thousands of copies cost less than thousands of paths. */
interface Sprite {
  draw(context: CanvasRenderingContext2D, x: number, y: number): void;
}

export class Sprites {
  private readonly known = new Map<string, Sprite>();
  private ratio = 1;

  use(ratio: number): void {
    if (ratio === this.ratio) return;
    this.ratio = ratio;
    this.known.clear();
  }

  get(shape: Shape, color: string, size: number): Sprite {
    const key = `${shape}/${color}/${size}`;
    const known = this.known.get(key);
    if (known) return known;
    const made = this.make(shape, color, size);
    this.known.set(key, made);
    return made;
  }

  private make(shape: Shape, color: string, size: number): Sprite {
    const half = size + 3;
    const node = document.createElement("canvas");
    const pixels = Math.ceil(half * 2 * this.ratio);
    node.width = pixels;
    node.height = pixels;
    const context = node.getContext("2d");
    if (context) {
      context.scale(this.ratio, this.ratio);
      context.fillStyle = color;
      context.beginPath();
      addShape(context, shape, half, half, size);
      context.fill();
    }
    const side = pixels / this.ratio;
    const snap = (value: number): number => Math.round(value * this.ratio) / this.ratio;
    return { draw: (target, x, y) => target.drawImage(node, snap(x - half), snap(y - half), side, side) };
  }
}

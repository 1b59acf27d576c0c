interface Entry<Item> {
  item: Promise<Item>;
  /** 0 while it is made. */
  bytes: number;
}

/** Keeps what was asked for last, up to so many bytes; the last one whatever its size. */
export class ByteCache<Key, Item> {
  private readonly kept = new Map<Key, Entry<Item>>();
  private held = 0;

  constructor(
    private readonly most: number,
    private readonly size: (item: Item) => number,
  ) {}

  /** What is kept, or is made and then kept. With `passing` nothing else goes for its sake: it is kept where there is room. */
  get(key: Key, make: () => Promise<Item>, passing = false): Promise<Item> {
    const known = this.kept.get(key);
    if (known) {
      this.kept.delete(key);
      this.kept.set(key, known);
      return known.item;
    }
    const entry: Entry<Item> = { item: make(), bytes: 0 };
    this.kept.set(key, entry);
    entry.item.then((item) => this.weigh(key, entry, this.size(item), passing), () => this.drop(key, entry));
    return entry.item;
  }

  private weigh(key: Key, entry: Entry<Item>, bytes: number, passing: boolean): void {
    if (passing && this.held + bytes > this.most) {
      this.drop(key, entry);
      return;
    }
    entry.bytes = bytes;
    this.held += bytes;
    for (const [oldest, other] of this.kept) {
      if (this.held <= this.most) return;
      if (other.bytes > 0 && other !== entry) this.drop(oldest, other);
    }
  }

  private drop(key: Key, entry: Entry<Item>): void {
    this.held -= entry.bytes;
    this.kept.delete(key);
  }
}

import { AwsError, invalidValue, missing } from './errors.ts';

/**
 * The parameters of one call in the Query protocol: `IpPermissions.1.IpRanges.2.CidrIp=…` as a tree. It remembers what
 * was read, so that `end` can refuse what the action does not know.
 */
export class Query {
  readonly #path: string;
  #value: string | undefined;
  #children: Map<string, Query> | undefined;
  #read = false;

  constructor(path = '') {
    this.#path = path;
  }

  /** Reads a form-encoded body. */
  static parse(body: string): Query {
    const root = new Query();
    for (const [name, value] of new URLSearchParams(body)) {
      let node = root;
      for (const part of name.split('.')) node = node.#child(part);
      if (node.#value !== undefined)
        throw new AwsError('InvalidQueryParameter', `The parameter ${name} is given more than once`);
      node.#value = value;
    }
    return root;
  }

  #child(part: string): Query {
    this.#children ??= new Map();
    let child = this.#children.get(part);
    if (!child) {
      child = new Query(this.#path ? `${this.#path}.${part}` : part);
      this.#children.set(part, child);
    }
    return child;
  }

  #name(part: string): string {
    return this.#path ? `${this.#path}.${part}` : part;
  }

  text(name: string): string | undefined {
    const node = this.#children?.get(name);
    if (!node || node.#value === undefined) return undefined;
    node.#read = true;
    return node.#value;
  }

  need(name: string): string {
    const value = this.text(name);
    if (!value) throw missing(this.#name(name));
    return value;
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d{1,10}$/.test(value))
      throw invalidValue(`Invalid value '${value}' for ${this.#name(name)}. Not a number`);
    return Number(value);
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (value !== 'true' && value !== 'false')
      throw invalidValue(`Invalid value '${value}' for ${this.#name(name)}. Must be true or false`);
    return value === 'true';
  }

  /** `Name.1`, `Name.2`, … in the order of their numbers. */
  list(name: string): string[] {
    return this.#members(name).flatMap((member) => {
      if (member.#value === undefined) return [];
      member.#read = true;
      return [member.#value];
    });
  }

  /** `Name.1.…`, `Name.2.…`, … in the order of their numbers. */
  structs(name: string): Query[] {
    return this.#members(name).filter((member) => member.#children);
  }

  struct(name: string): Query | undefined {
    const node = this.#children?.get(name);
    if (!node) return undefined;
    return node.#children ? node : undefined;
  }

  #members(name: string): Query[] {
    const list = this.struct(name);
    if (!list) return [];
    return [...(list.#children ?? [])]
      .filter(([key]) => /^[1-9]\d*$/.test(key))
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, member]) => member);
  }

  /** Every value sent, with its name. */
  *leaves(): Generator<readonly [name: string, value: string]> {
    if (this.#value !== undefined) yield [this.#path, this.#value];
    for (const child of this.#children?.values() ?? []) yield* child.leaves();
  }

  /** Refuses what was sent and not read. */
  end(): void {
    const unread = this.#unread();
    if (unread) throw new AwsError('UnknownParameter', `The parameter ${unread} is not recognized`);
  }

  #unread(): string | undefined {
    if (this.#value !== undefined && !this.#read) return this.#path;
    for (const child of this.#children?.values() ?? []) {
      const unread = child.#unread();
      if (unread) return unread;
    }
    return undefined;
  }
}

import { blame, InputError, type AuthorOf } from "../../numerics/errors.ts";
import { quantity, type Dimension } from "../../numerics/units.ts";

type Sign = "any" | "≥ 0" | "> 0";
type Written = string | number;

/** Reads quantities of one schematic, named by their place in it: `neuron.leak`. */
export interface Reader {
  fault(key: string, message: string): InputError;
  /** Runs `work`, whose complaints get the place of `key`. */
  at<T>(key: string, work: () => Promise<T>): Promise<T>;
  read(key: string, written: Written, dimension: Dimension, sign: Sign): Promise<number>;
  /** Undefined for what is not written. */
  maybe(
    key: string,
    written: Written | undefined,
    dimension: Dimension,
    sign: Sign,
  ): Promise<number | undefined>;
}

export function reader(author: AuthorOf): Reader {
  const fault: Reader["fault"] = (key, message) =>
    blame(author(key.split("."), "value"), `${key}: ${message}`);
  const at: Reader["at"] = async (key, work) => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof InputError ? fault(key, error.message) : error;
    }
  };
  const read: Reader["read"] = async (key, written, dimension, sign) => {
    const value = await at(key, () => quantity(written, dimension));
    if (sign === "> 0" && value <= 0) throw fault(key, `found ${written}, expected more than zero`);
    if (sign === "≥ 0" && value < 0) throw fault(key, `found ${written}, expected zero or more`);
    return value;
  };
  return {
    fault,
    at,
    read,
    maybe: async (key, written, dimension, sign) =>
      written === undefined ? undefined : read(key, written, dimension, sign),
  };
}

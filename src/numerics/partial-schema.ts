import { z } from "zod";

/**
 * A schema of changes: every key of every mapping may be left out, or be nothing, which takes it
 * out. Defaults and the checks of whole mappings are those of the schema that reads the result.
 */
export function partly(schema: z.core.$ZodType): z.ZodType {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return z.strictObject(
        Object.fromEntries(
          Object.entries(def.shape).map(([key, value]) => {
            const about = z.globalRegistry.get(value);
            const part = partly(value).nullable().optional();
            return [key, about ? part.meta(about) : part];
          }),
        ),
      );
    case "union":
      return z.union(def.options.map(partly));
    case "optional":
    case "default":
    case "prefault":
      return partly(def.innerType);
    default:
      return schema as z.ZodType;
  }
}

/** Freezes a value of plain objects and arrays to its last leaf. */

export function freeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const each of value instanceof Map ? value.values() : Object.values(value)) freeze(each);
  return Object.freeze(value);
}

/** Bounds of a number in a file or of an expression's value, both inclusive. */
export interface Bounds {
  min: number;
  max: number;
  integer: boolean;
}

export const isWithin = (value: unknown, { min, max, integer }: Bounds): value is number =>
  typeof value === 'number' && value >= min && value <= max && (!integer || Number.isInteger(value));

export const describeBounds = ({
  min,
  max,
  integer,
}: {
  min: number;
  max: number;
  integer: boolean;
}): string => `${integer ? 'an integer' : 'a number'} from ${min} to ${max} is due here`;

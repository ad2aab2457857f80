/** Classes of numbers that can be permitted, in the order of what they cost. Internal and emergency numbers always can be called. */
export const CLASSES = ['free', 'local', 'national', 'mobile', 'international', 'premium'] as const;
export type Chosen = (typeof CLASSES)[number];
export type NumberClass = Chosen | 'internal' | 'emergency';

const ALL: readonly NumberClass[] = ['internal', 'emergency', ...CLASSES];

/** A class of the server's; `null` for one that this page does not know. */
export function classOf(name: string | null): NumberClass | null {
  return ALL.find((each) => each === name) ?? null;
}

/** Classes of a list in the order of cost. */
export function chosenOf(names: readonly string[]): Chosen[] {
  return CLASSES.filter((each) => names.includes(each));
}

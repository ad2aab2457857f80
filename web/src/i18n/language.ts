import type { texts } from './languages/en.ts';

/** The shape of the English texts, with any words in it. */
type Shape<T> = { [Key in keyof T]: T[Key] extends string ? string : Shape<T[Key]> };
export type Texts = Shape<typeof texts>;

export interface Language {
  /** BCP 47. */
  code: string;
  /** In the language itself. */
  name: string;
  texts: Texts;
}

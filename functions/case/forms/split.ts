/** What a form with credentials is split into: facts for the case, texts for the vault by name. */
export interface Split {
  facts: Record<string, unknown>;
  secrets: Record<string, string>;
}

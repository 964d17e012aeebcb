/** What a customer is called in a list or a heading: a person who has no company, by their own name. */
export function customerName({ company, person }: { company: string; person: string }): string {
  return company.trim() || person.trim();
}

/** GTINs of products that do not exist: GS1 prefix 952 is kept for demonstrations and examples. */

/** GS1 General Specifications 7.9: weights 3 and 1 in turn from the right. `digits` are those before the check digit. */
export function checkDigit(digits: string): number {
  const sum = [...digits].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0)
  return (10 - (sum % 10)) % 10
}

/** The `number`th GTIN-13 of the demonstration range. */
export function demoGtin(number: number): string {
  const digits = `952${String(number).padStart(9, '0')}`
  return `${digits}${checkDigit(digits)}`
}

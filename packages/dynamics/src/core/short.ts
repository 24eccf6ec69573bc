/** A number with four digits, as messages say it.*/
export const short = (x: number): string => String(Number(x.toPrecision(4)));

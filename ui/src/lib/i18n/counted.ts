// A count in words, with a space at which no line breaks. French counts zero like one, English like many.

export const countedFr = (n: number, one: string, many: string) => `${n}\u00a0${n < 2 ? one : many}`;
export const countedEn = (n: number, one: string, many: string) => `${n}\u00a0${n === 1 ? one : many}`;

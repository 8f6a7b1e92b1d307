// What is read on both sides while a withdrawal is taken, in French: the shape that every other language must fill.

export const fr = {
  field: "Code de retrait",
  hint: "Douze lettres et chiffres, comme sur le papier. Majuscules, tirets et espaces ne comptent pas.",
  missing: "Écrivez d’abord le code.",
  nothingDone: "Rien n’a été effacé.",
  next: "Continuer",
  sure: "Retirer ce récit ?",
  noWayBack: "Personne ne pourra faire revenir ce récit.",
  take: "Retirer pour toujours",
  taking: "Retrait en cours…",
  notNow: "Ne pas retirer",
};

export type WithdrawingWords = typeof fr;

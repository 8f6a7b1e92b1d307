// What a browser calls itself is long and mostly untrue; people know it by its name and the system it runs on.

const browsers: [RegExp, string][] = [
  [/Edg(?:e|A|iOS)?\//, "Edge"],
  [/OPR\/|Opera/, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];

const systems: [RegExp, string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

const named = (text: string, names: [RegExp, string][]) => names.find(([mark]) => mark.test(text))?.[1];

/** `Firefox · Windows`; whatever is not known as it stands. */
export const browserName = (text: string) =>
  [named(text, browsers), named(text, systems)].filter(Boolean).join(" · ") || text;

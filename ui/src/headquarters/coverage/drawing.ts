// Draws a picture with chart.js: only the parts that draw bars are taken in, and only once a picture is looked at. Colours
// come from the tokens, and a bar is known by its pattern and its number as well as by its colour.

import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  LinearScale,
  type Plugin,
} from "chart.js";
import type { Look, Picture } from "./pictures";

Chart.register(BarController, BarElement, CategoryScale, LinearScale);

/** What of the tokens a picture is drawn with. */
interface Ink {
  ink: string;
  soft: string;
  line: string;
  sheet: string;
  indigo: string;
  good: string;
  font: string;
  /** Of small words, in pixels. */
  size: number;
}

function inkOf(canvas: HTMLCanvasElement): Ink {
  const style = getComputedStyle(canvas);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: token("ink"),
    soft: token("ink-soft"),
    line: token("line-soft"),
    sheet: token("sheet"),
    indigo: token("indigo"),
    good: token("good"),
    font: style.fontFamily,
    size: parseFloat(style.fontSize),
  };
}

/** The looks of a bar; `stripes` go from edge to edge of a small tile, so that they meet. */
function fill(look: Look, ink: Ink): string | CanvasPattern {
  if (look === "solid") return ink.indigo;
  if (look === "hollow") return "transparent";
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  const pattern = pen?.createPattern(tile, "repeat");
  if (!pen || !pattern) return ink.good;
  pen.fillStyle = ink.sheet;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = ink.good;
  pen.lineWidth = 3;
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat") ?? ink.good;
}

/** The number of each bar at its end. */
const numbers = (ink: Ink, lying: boolean): Plugin<"bar"> => ({
  id: "numbers",
  afterDatasetsDraw(chart) {
    const { ctx } = chart;
    ctx.save();
    ctx.fillStyle = ink.ink;
    ctx.font = `600 ${ink.size * 0.9}px ${ink.font}`;
    ctx.textBaseline = lying ? "middle" : "bottom";
    ctx.textAlign = lying ? "left" : "center";
    chart.data.datasets.forEach(({ data }, set) => {
      chart.getDatasetMeta(set).data.forEach((bar, place) => {
        const count = data[place];
        if (typeof count !== "number") return;
        ctx.fillText(String(count), bar.x + (lying ? 5 : 0), bar.y - (lying ? 0 : 3));
      });
    });
    ctx.restore();
  },
});

export interface Drawing {
  /** Lets go of the canvas. */
  end: () => void;
}

/** How high a picture is, in pixels: each bar has its room, however many there are. */
export function height(picture: Picture, size: number): number {
  const bars = picture.labels.length * picture.series.length;
  return picture.lying ? bars * size * 1.35 + picture.labels.length * size * 0.7 + size * 2.5 : size * 15;
}

export function draw(canvas: HTMLCanvasElement, picture: Picture): Drawing {
  const ink = inkOf(canvas);
  const edge = { solid: ink.indigo, striped: ink.good, hollow: ink.ink };
  const font = { family: ink.font, size: ink.size };
  const counts = {
    beginAtZero: true,
    grace: "12%",
    grid: { color: ink.line },
    border: { display: false },
    ticks: { color: ink.soft, font, precision: 0, maxTicksLimit: 6 },
  } as const;
  const names = {
    grid: { display: false },
    border: { color: ink.soft },
    ticks: { color: ink.ink, font, autoSkip: !picture.lying, maxRotation: 0 },
  } as const;
  const config: ChartConfiguration<"bar", (number | null)[], string> = {
    type: "bar",
    data: {
      labels: picture.labels,
      datasets: picture.series.map(({ name, look, values }) => ({
        label: name,
        data: values,
        backgroundColor: fill(look, ink),
        borderColor: edge[look],
        borderWidth: look === "solid" ? 0 : 2,
        borderSkipped: false,
        maxBarThickness: ink.size * 2.5,
      })),
    },
    options: {
      indexAxis: picture.lying ? "y" : "x",
      animation: false,
      maintainAspectRatio: false,
      events: [],
      scales: picture.lying ? { x: counts, y: names } : { x: names, y: counts },
    },
    plugins: [numbers(ink, picture.lying)],
  };
  const chart = new Chart(canvas, config);
  return { end: () => chart.destroy() };
}

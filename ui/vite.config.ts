// One build for each entry, since each travels in another binary: the collector's screens inside the app,
// headquarters' pages inside the server.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => ({
  root: `src/${mode}`,
  base: "./",
  plugins: [svelte({ configFile: "../../svelte.config.js" })],
  build: {
    outDir: `../../dist/${mode}`,
    emptyOutDir: true,
    // The webview of a phone that was bought used and is seldom updated.
    target: ["chrome92", "safari15.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
}));

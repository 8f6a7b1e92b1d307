import "../lib/tokens.css";
import "../lib/base.css";
import "../lib/fields.css";
import "../lib/looks.css";
import { mount } from "svelte";
import App from "./App.svelte";
import * as device from "../lib/device";
import { keepHalfWrittenBy } from "../lib/halfWritten";
import { apply, keepLooks } from "./settings.svelte";

apply();
keepLooks(device.setLooks);
keepHalfWrittenBy({ get: device.halfWritten, set: device.keepHalfWritten });

// Nothing that was said leaves by the clipboard, which every other app can read. Pasting an invitation in stays possible.
for (const way of ["copy", "cut", "dragstart", "contextmenu"])
  document.addEventListener(way, (event) => event.preventDefault());
const target = document.getElementById("app");
if (target) mount(App, { target });

import "../lib/tokens.css";
import "../lib/base.css";
import "../lib/fields.css";
import "../lib/looks.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { apply } from "./settings.svelte";

apply();
const target = document.getElementById("app");
if (target) mount(App, { target });

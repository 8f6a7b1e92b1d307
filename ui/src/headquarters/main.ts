import "../lib/tokens.css";
import "../lib/base.css";
import "../lib/fields.css";
import "../lib/looks.css";
import "./looks.css";
import { mount } from "svelte";
import { followScheme } from "../lib/scheme";
import App from "./App.svelte";

followScheme();
const target = document.getElementById("app");
if (target) mount(App, { target });

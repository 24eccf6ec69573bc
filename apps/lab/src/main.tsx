import { render } from "preact";
import { isolate } from "./isolate.js";
import { Shell } from "./shell.js";
import "./style.css";

void isolate();
render(<Shell />, document.getElementById("app")!);

// src/register.ts
import { register } from "./index.js";
register();

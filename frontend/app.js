import { ticking } from "./ticking.js";
import { dialogs } from "./dialogs.js";
import { drafts } from "./drafts.js";
import { keys } from "./keys.js";
import { live } from "./live.js";
import { palette } from "./palette.js";
import { declaring } from "./declaring.js";
import { inbox } from "./inbox.js";
import { updating } from "./updating.js";
import { frame } from "./frame.js";
import { menus } from "./menus.js";
import { fields } from "./fields.js";

for (const part of [ticking, dialogs, drafts, keys, palette, declaring, updating, live, inbox, frame, menus, fields]) part();
